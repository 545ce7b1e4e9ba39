"""JSON and XML: the Open311 GeoReport v2 server, for outside systems and for anybody's app."""
