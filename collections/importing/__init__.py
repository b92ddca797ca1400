"""Importing a catalogue with its scans: the engine of ``fonds.archive_pages.importing`` with files, as command and page."""
