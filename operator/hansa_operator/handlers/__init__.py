"""kopf's entry points: they hand on what was seen, and hold no rules."""
