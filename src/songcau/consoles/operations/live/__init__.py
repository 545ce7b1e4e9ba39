"""The live city as these screens need it: kept in the web process, fed by the broker's events, told to browsers."""
