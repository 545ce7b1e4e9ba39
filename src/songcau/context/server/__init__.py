"""How HTTP comes in and goes out."""
