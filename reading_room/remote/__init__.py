"""Certified copies asked for from afar: the request, its work list, the copy as a download with an address for one use."""
