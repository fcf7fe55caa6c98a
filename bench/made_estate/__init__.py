"""Parts of `bench/estate.py`."""
