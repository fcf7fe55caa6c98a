"""Runs a batch function over many batches."""
