"""Readers: the key that lets whoever holds it read a job's logs and results."""

import hmac


def reader_key(hub_key: bytes, job_id: str) -> str:
    """Return the key to a job's logs and results: 32 hex digits that only the hub can make, the same at any time."""
    return hmac.digest(hub_key, b"hansa reader " + job_id.encode(), "sha256").hex()[:32]
