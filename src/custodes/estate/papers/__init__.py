"""Papers that people sign, filled from an assessment: the catalogue of values, and the filling."""

from custodes.estate.papers.changes import check_earlier
from custodes.estate.papers.desk import Beside, Earlier
from custodes.estate.papers.fill import faults, fill, listing

__all__ = ["Beside", "Earlier", "check_earlier", "faults", "fill", "listing"]
