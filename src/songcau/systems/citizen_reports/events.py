"""What does citizen reports announce? Frozen dataclasses in the past tense, each listed in `flows/table.py`."""
