"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Page scans of units were written, replaced or given another text in bulk, past ``post_save``; ``units`` are the primary
# keys of the units. Sent inside the transaction.
scans_changed = Signal()
