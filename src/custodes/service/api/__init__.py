"""The API: what the pages do, for programs, under tokens with scopes."""
