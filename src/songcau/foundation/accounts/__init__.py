"""People, agencies, posts, roles, sign-in."""
