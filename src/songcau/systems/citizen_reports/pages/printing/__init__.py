"""What the desk prints on A4: tables by unit, late reports, hot spots, a ward's sheet for a meeting, one report."""
