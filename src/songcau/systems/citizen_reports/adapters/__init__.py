"""Whom do we call outside? One folder a standard, each behind a Protocol."""
