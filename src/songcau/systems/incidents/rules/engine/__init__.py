"""Whether what the alert rules say is so: evaluated reading by reading, pure, with the clock handed in."""

from songcau.systems.incidents.rules.engine.engine import Engine, RuleSpec
from songcau.systems.incidents.rules.engine.upkeep import Window

__all__ = ["Engine", "RuleSpec", "Window"]
