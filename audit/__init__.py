"""Who did what, and when: append-only events, their seals, and the proof that nobody changed them."""
