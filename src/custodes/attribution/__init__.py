"""Text, identifiers and lineage to a maker, with the reasons. Pure functions."""
