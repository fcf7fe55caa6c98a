"""Editions of a survey: proposed, previewed, released by two people, and the folder that the public reads."""
