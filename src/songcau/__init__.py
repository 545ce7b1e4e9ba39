"""songcau: an open platform that runs a smart city. `docs/ARCHITECTURE.md` is the plan of the building."""

__version__ = "0.1.0"
