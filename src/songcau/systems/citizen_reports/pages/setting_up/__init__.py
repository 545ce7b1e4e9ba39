"""What the centre's administrators set up: categories, routing, outside bodies, standard answers."""
