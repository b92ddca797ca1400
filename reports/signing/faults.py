"""What can go wrong with a signature before or while it is made."""


class SigningFault(Exception):
    """A document cannot be signed now; the message is a sentence for the person who asked."""
