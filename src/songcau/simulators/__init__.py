"""The other side of protocols that the city speaks: identity providers, and a Zalo Official Account."""
