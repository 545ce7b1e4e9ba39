"""The administration of messages: what went out of the house, and how the channels are."""
