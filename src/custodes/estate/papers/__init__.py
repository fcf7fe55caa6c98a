"""Papers that people sign, filled from an assessment: the catalogue of values, and the filling."""

from custodes.estate.papers.desk import Earlier
from custodes.estate.papers.fill import Beside, faults, fill, listing

__all__ = ["Beside", "Earlier", "faults", "fill", "listing"]
