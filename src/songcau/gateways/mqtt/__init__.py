"""Devices that speak MQTT: what they publish becomes entities, and is acknowledged when it is on the broker's disk."""
