"""Masters and page scans, the image and document libraries, curated collections and exhibits."""

from .libraries import ArchiveDocument, ArchiveImage, ArchiveRendition
from .masters import DigitalObject, MasterFile, PageScan

__all__ = [
    "ArchiveDocument",
    "ArchiveImage",
    "ArchiveRendition",
    "DigitalObject",
    "MasterFile",
    "PageScan",
]
