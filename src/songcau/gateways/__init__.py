"""Where the outside speaks its own protocol: devices over MQTT, files of readings. All of it goes into the context."""
