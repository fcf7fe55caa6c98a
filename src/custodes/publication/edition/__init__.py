"""Frozen editions of a survey: what each rests on, its hash, and what of it may be told."""
