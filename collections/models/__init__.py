"""Masters and page scans, the image and document libraries, curated collections and exhibits."""

from .curation import (
    CollectionIndexPage,
    CollectionPage,
    CollectionPhoto,
    CollectionTag,
    ExhibitIndexPage,
    ExhibitPage,
)
from .libraries import ArchiveDocument, ArchiveImage, ArchiveRendition
from .masters import DigitalObject, MasterFile, PageScan
from .photographs import PairDecision, Person, PersonMark, PhotoFingerprint, PhotoPair, Term
from .recognising import RecognisedText

__all__ = [
    "ArchiveDocument",
    "ArchiveImage",
    "ArchiveRendition",
    "CollectionIndexPage",
    "CollectionPage",
    "CollectionPhoto",
    "CollectionTag",
    "DigitalObject",
    "ExhibitIndexPage",
    "ExhibitPage",
    "MasterFile",
    "PageScan",
    "PairDecision",
    "Person",
    "PersonMark",
    "PhotoFingerprint",
    "PhotoPair",
    "RecognisedText",
    "Term",
]
