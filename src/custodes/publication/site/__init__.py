"""The static site of a publication: files that need no server, no script and nothing from elsewhere."""
