"""The ways out of the house, one file each, behind the protocol in `port`."""
