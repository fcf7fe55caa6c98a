"""Rounds of freedom-of-information requests: what came back, who owes what, which letter is next."""
