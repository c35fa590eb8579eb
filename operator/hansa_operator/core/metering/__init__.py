"""From witnessed time and signed receipts to the slices of a batch."""
