"""What must not be told: which rows and cells are published, and what is taken out of texts."""
