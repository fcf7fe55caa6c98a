"""What follows from the joined evidence."""
