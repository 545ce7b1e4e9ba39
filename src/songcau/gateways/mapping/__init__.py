"""From what a device or a file says to entities: what a mapping file can say, and how it is carried out."""
