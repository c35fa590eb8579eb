"""Keccak-256 of the fastest backend that is installed."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

_new: Any = None
if find_spec("sha3") is not None:
    _new = import_module("sha3").keccak_256

if _new is not None:

    def keccak(data: bytes) -> bytes:
        """Return the 32 bytes of Keccak-256 (the padding before SHA-3) of the data."""
        digest: bytes = _new(data).digest()
        return digest

else:
    _pure = import_module("Crypto.Hash.keccak")

    def keccak(data: bytes) -> bytes:
        """Return the 32 bytes of Keccak-256 (the padding before SHA-3) of the data."""
        digest: bytes = _pure.new(digest_bits=256, data=data).digest()
        return digest
