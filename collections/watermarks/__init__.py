"""Watermarks: who reads, when, and the number of the reading, in the pixels of what is shown on screen."""
