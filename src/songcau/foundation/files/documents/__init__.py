"""Printed documents: forms, filled from frozen data, as PDF/A."""
