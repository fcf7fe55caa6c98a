"""What lets a stranger check a publication: a log of all that was counted, a signed head, and a list of every file."""
