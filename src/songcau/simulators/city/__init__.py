"""The devices and the citizens of a demonstration city, on the other side of MQTT and of Open311."""
