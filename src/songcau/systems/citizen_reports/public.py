"""The door of citizen reports: the few functions and events that flows, consoles and gateways may use."""
