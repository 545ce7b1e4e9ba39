"""The worklist of requests about personal data."""
