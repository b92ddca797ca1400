"""Fonds: an open-source digital archive room on Wagtail. The repository root is this package."""

__version__ = "0.1.0"
