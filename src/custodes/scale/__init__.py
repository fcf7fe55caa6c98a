"""Runs a batch function over many batches."""

from custodes.model.lean import without_pandas

without_pandas()  # before the first array, which stands at the head of a module
