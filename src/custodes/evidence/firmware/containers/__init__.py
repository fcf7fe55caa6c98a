"""Readers of containers: `read(data, at, opened)` gives where the container ends, None if there is none at `at`."""
