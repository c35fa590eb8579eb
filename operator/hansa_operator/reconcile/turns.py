"""One at a time for each key: reading, deciding and writing is one step, so that none undoes what another wrote."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """Keep a lock for each key as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """Return the key's lock."""
        return self._locks.setdefault(key, asyncio.Lock())
