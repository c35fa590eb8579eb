"""Readers: the keys that let whoever holds them read a job's logs and results, or a batch file."""

import hmac


def reader_key(hub_key: bytes, name: str) -> str:
    """Return the key to a job by its id, or to a batch file by its sha256: 32 hex digits that only the hub can make."""
    return hmac.digest(hub_key, b"hansa reader " + name.encode(), "sha256").hex()[:32]


def opens(hub_key: bytes, name: str, key: str) -> bool:
    """Return whether a key is the one to a name."""
    return hmac.compare_digest(key.encode(), reader_key(hub_key, name).encode())
