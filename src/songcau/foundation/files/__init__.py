"""Uploads, previews, retention. Empty so far: the next part of the foundation fills it."""
