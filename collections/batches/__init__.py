"""Batches of scans: taken in by name, arranged by hand, checked by rule and by eye, taken over into the archive."""
