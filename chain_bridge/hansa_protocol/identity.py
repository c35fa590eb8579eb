"""Addresses and job ids: who and what everything else is about."""

import re
from functools import lru_cache
from typing import NewType

from hansa_protocol.keccak import keccak

__all__ = [
    "ZERO_ADDRESS",
    "Address",
    "AddressError",
    "address_bytes",
    "address_from_bytes",
    "address_word",
    "job_id",
    "keccak",
    "parse_address",
    "respell_address",
]

Address = NewType("Address", str)
"""A checksummed (ERC-55) address, 0x and 40 hex digits."""

ZERO_ADDRESS = Address("0x" + "0" * 40)
_HEX_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class AddressError(ValueError):
    """Raised when a text is no address; the message says what is wrong with it."""


@lru_cache(maxsize=65_536)
def parse_address(text: str) -> Address:
    """Return the checksummed address; raises AddressError for other texts and for a wrong checksum in mixed case."""
    if _HEX_ADDRESS.fullmatch(text) is None:
        raise AddressError(f"{text!r} is no address: write 0x and 40 hex digits")
    address = address_from_bytes(bytes.fromhex(text[2:]))
    digits = text[2:]
    if digits not in (address[2:], digits.lower(), digits.upper()):
        raise AddressError(f"{text} fails its checksum: a character is wrong; copy it again")
    return address


def respell_address(text: str) -> Address:
    """Return an address in its one spelling, whatever the case of its digits says.

    For texts that something else vouches for: a signature, or the chain's own record.
    """
    return parse_address(text.lower())


@lru_cache(maxsize=65_536)
def address_from_bytes(raw: bytes) -> Address:
    """Return the checksummed address of 20 bytes."""
    if len(raw) != 20:
        raise AddressError(f"an address has 20 bytes, not {len(raw)}")
    digits = raw.hex()
    nibbles = keccak(digits.encode()).hex()
    return Address("0x" + "".join(d.upper() if n >= "8" else d for d, n in zip(digits, nibbles, strict=False)))


@lru_cache(maxsize=65_536)
def address_bytes(address: str) -> bytes:
    """Return the 20 bytes of an address; raises AddressError when the text is none."""
    return bytes.fromhex(parse_address(address)[2:])


def address_word(address: str) -> bytes:
    """Return an address as the 32 bytes that the ABI and event topics have of it."""
    return address_bytes(address).rjust(32, b"\0")


def job_id(chain_id: int, settlement: str, hub: str, uid: str) -> bytes:
    """Return the 32 bytes that name a job without a signed order, the same for all its attempts.

    A job with one has the order's digest as its id.

    keccak256(abi.encode(uint256 chainId, address settlement, address hub, bytes32 keccak256(uid))).
    """
    return keccak(chain_id.to_bytes(32, "big") + address_word(settlement) + address_word(hub) + keccak(uid.encode()))
