"""The operations centre's screens: the live map, the wall, a unit's view, the telephone's. It has no tables."""
