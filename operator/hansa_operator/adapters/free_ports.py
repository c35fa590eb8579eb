"""Ports for servers that are about to start on this machine."""

import errno
import itertools
import secrets
import socket

FIRST = 20_000
COUNT = 10_000
"""Below what Linux gives to connections by itself (from 32768) and Kubernetes to services (from 30000)."""

_cursor = itertools.count(secrets.randbelow(COUNT))


def free_ports(count: int) -> list[int]:
    """Return ports that nobody has now on any interface, none of them twice; raises OSError when there are too few.

    The system's own choice (port 0) would be one that it may give to any connection before a slow program binds it.
    These are taken only by those who ask for them, each process from a place of its own.
    """
    tried = (FIRST + next(_cursor) % COUNT for _ in range(COUNT))
    found = list(itertools.islice(filter(_is_free, tried), count))
    if len(found) < count:
        raise OSError(errno.EADDRINUSE, f"no free port from {FIRST} to {FIRST + COUNT - 1}")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError as taken:
            if taken.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True
