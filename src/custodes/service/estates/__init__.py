"""A team's own estate: what it uploads, what was found of it, what its people judge, decide and do about it."""
