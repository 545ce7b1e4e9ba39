"""`make conformance SUITE=<checkout>`: the public ETSI suite against a fresh broker, offline, with a table by group."""
