"""Questionnaires and returns (part 3)."""
