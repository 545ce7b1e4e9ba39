"""Signing in by what somebody else vouches for: OpenID Connect providers. No tables and no Django here."""
