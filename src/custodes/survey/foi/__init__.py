"""Rounds of freedom-of-information requests: replies read, sorted by kind, with clocks and their place in a file."""
