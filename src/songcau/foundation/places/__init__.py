"""Administrative units with validity dates, boundaries, and which unit a point lies in."""
