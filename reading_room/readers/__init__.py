"""Readers of the query window: their documents, letters of introduction, and who is blocked."""
