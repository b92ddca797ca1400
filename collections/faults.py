"""What is wrong with a file of scans."""


class ScanFault(Exception):
    """A file cannot be taken in; the message is a sentence for the person who delivered it."""
