"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Units were written in bulk, past ``post_save``; ``pages`` are their primary keys. Sent inside the transaction.
units_written = Signal()
