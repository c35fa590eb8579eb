"""A directory as the store: writes are durable when they return; a crash leaves the old or the new, never half."""

from hansa_operator.adapters.store.opening import LEDGER_TABLES, DirectoryStore, open_store

__all__ = ["LEDGER_TABLES", "DirectoryStore", "open_store"]
