"""Files of the city: resumable uploads, what may be stored, where, for how long, and who may read it."""
