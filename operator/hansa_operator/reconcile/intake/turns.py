"""One at a time for each attempt: reading, deciding and writing is one step, so that nothing that came is lost."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """Keep a lock for each key as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """Return the key's lock."""
        return self._locks.setdefault(key, asyncio.Lock())
