"""A unit's view: the detail of one's own wards, and of the others their totals alone."""
