"""A whole city in one file, and back: `songcau backup`, `songcau restore`."""
