"""Returns: what a body answers, who of it answers what, its sign-off, and what the office then has."""
