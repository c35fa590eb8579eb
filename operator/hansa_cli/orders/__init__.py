"""Signing orders: what a job refers to, who the parties are, and the key that signs."""
