"""One city system each, same rooms in every one, never importing each other."""
