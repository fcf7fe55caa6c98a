"""The web service (part 10)."""
