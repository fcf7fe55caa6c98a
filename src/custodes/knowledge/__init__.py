"""Loads, validates and compiles the knowledge pack."""
