"""One estate from files to an Assessment."""
