"""Masters and page scans, the image and document libraries, curated collections and exhibits."""

from .batches import BatchChange, BatchPage, ScanBatch
from .curation import (
    CollectionIndexPage,
    CollectionPage,
    CollectionPhoto,
    CollectionTag,
    ExhibitIndexPage,
    ExhibitNotice,
    ExhibitPage,
)
from .libraries import ArchiveDocument, ArchiveImage, ArchiveRendition
from .masters import DigitalObject, MasterFile, PageScan
from .photographs import PairDecision, Person, PersonMark, PhotoFingerprint, PhotoPair, Term
from .recognising import ReadingOrder, RecognisedText
from .recordings import Recording
from .watermarks import WatermarkRule

__all__ = [
    "ArchiveDocument",
    "ArchiveImage",
    "ArchiveRendition",
    "BatchChange",
    "BatchPage",
    "CollectionIndexPage",
    "CollectionPage",
    "CollectionPhoto",
    "CollectionTag",
    "DigitalObject",
    "ExhibitIndexPage",
    "ExhibitNotice",
    "ExhibitPage",
    "MasterFile",
    "PageScan",
    "PairDecision",
    "Person",
    "PersonMark",
    "PhotoFingerprint",
    "PhotoPair",
    "ReadingOrder",
    "RecognisedText",
    "Recording",
    "ScanBatch",
    "Term",
    "WatermarkRule",
]
