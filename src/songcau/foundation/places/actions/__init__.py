"""What can be done with units and boundaries."""

from songcau.foundation.places.actions.boundaries import BoundariesChangedMeanwhile, NothingToApply, apply_boundaries
from songcau.foundation.places.actions.profiles import load_profile

__all__ = ["BoundariesChangedMeanwhile", "NothingToApply", "apply_boundaries", "load_profile"]
