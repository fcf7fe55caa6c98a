"""One estate from files to an Assessment: the only room that knows the whole flow."""
