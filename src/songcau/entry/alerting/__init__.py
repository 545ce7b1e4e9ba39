"""The process `alerts`: follows the live city, runs the alert rules over it, gives what they say to the case work."""
