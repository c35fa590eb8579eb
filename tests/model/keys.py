"""An account's keys over time: a signature counts by the key of its epoch."""

from hansa_protocol.identity import ZERO_ADDRESS, Address

Keys = tuple[tuple[int, Address], ...]
"""(first epoch, key), in the order in which they were set."""


def key_at(keys: Keys, epoch: int) -> Address:
    """Return the key in force in an epoch: the one set last of those that had begun; zero without any."""
    return next((key for since, key in reversed(keys) if since <= epoch), ZERO_ADDRESS)
