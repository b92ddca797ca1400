"""What is wrong with a file of scans, or with a page of it."""

from django.utils.translation import gettext as _


class ScanFault(Exception):
    """A file cannot be taken in, or a page not be read; the message is a sentence for the person who asked."""

    @classmethod
    def of_page(cls, scan) -> "ScanFault":
        """The page ``scan`` cannot be read."""
        return cls(_("The scan of page %(page)s cannot be read.") % {"page": scan.number})

    @classmethod
    def of_none(cls, unit) -> "ScanFault":
        """``unit`` has no page scans."""
        return cls(_("%(code)s has no scans.") % {"code": unit.reference_code or unit.title})
