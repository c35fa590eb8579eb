"""Private keys of a sandbox's parties: random, each in a file that only its owner may read."""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hansa_cli.sandbox.home import Home
from hansa_protocol.identity import Address
from hansa_protocol.signing import address_of


@dataclass(frozen=True, slots=True)
class Keys:
    """Hold the private keys by role. Never shown."""

    by_role: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.by_role)})"

    def address(self, role: str) -> Address:
        """Return a role's address."""
        return address_of(self.by_role[role])

    def hex(self, role: str) -> str:
        """Return a role's key as 0x hex, for the Secret or file that its process reads."""
        return "0x" + self.by_role[role].hex()


def make_keys(home: Home, roles: Iterable[str]) -> Keys:
    """Return the sandbox's keys; those that are not there yet are made."""
    return Keys({role: _key(home, role) for role in roles})


def _key(home: Home, role: str) -> bytes:
    path = home.keys / role
    if path.exists():
        return bytes.fromhex(path.read_text().strip().removeprefix("0x"))
    key = secrets.token_bytes(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("0x" + key.hex() + "\n")
    return key
