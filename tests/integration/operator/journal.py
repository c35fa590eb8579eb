"""Everything that happens to objects, as a watch tells it: every version, in order, while tests wait for conditions."""

import http.client
import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hansa_cli.cluster.access import Access
from hansa_cli.cluster.client import Resource

Manifest = Mapping[str, Any]
RETRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Version:
    """Hold one version of an object; `at` is the monotonic time (s) at which the watch told it."""

    at: float
    gone: bool
    manifest: Manifest

    @property
    def status(self) -> Manifest:
        """Return the status, empty before the first."""
        return self.manifest.get("status") or {}

    @property
    def deleting(self) -> bool:
        """Return whether somebody has deleted the object, which may be held back."""
        return "deletionTimestamp" in self.manifest["metadata"]


class Journal:
    """Watch kinds in all namespaces until it is closed, in a thread for each."""

    def __init__(self, access: Access, *kinds: Resource) -> None:
        self._access = access
        self._told = threading.Condition()
        self._versions: defaultdict[tuple[str, str, str], list[Version]] = defaultdict(list)
        self._open: dict[str, http.client.HTTPSConnection] = {}
        self._closed = False
        self._threads = [threading.Thread(target=self._follow, args=(kind,), daemon=True) for kind in kinds]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._closed = True
        for connection in self._open.values():
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    def versions(self, kind: str, namespace: str, name: str) -> tuple[Version, ...]:
        """Return what was seen of an object, those before it that had its name included."""
        with self._told:
            return tuple(self._versions[(kind, namespace, name)])

    def all(self, kind: str) -> Mapping[tuple[str, str], tuple[Version, ...]]:
        """Return what was seen of all objects of a kind, by namespace and name."""
        with self._told:
            return {key[1:]: tuple(seen) for key, seen in self._versions.items() if key[0] == kind}

    def newest(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """Return an object as last seen, None when it is not there."""
        known = self._versions.get((kind, namespace, name))
        return known[-1].manifest if known and not known[-1].gone else None

    def until(self, holds: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until something holds that the journal tells; returns whether it came to hold in time."""
        until = time.monotonic() + seconds
        with self._told:
            return self._told.wait_for(holds, timeout=until - time.monotonic())

    def _follow(self, kind: Resource) -> None:
        while not self._closed:
            try:
                self._watch(kind)
            except (OSError, ValueError, http.client.HTTPException, AttributeError):
                # A connection that was closed under its reader fails in many ways; a lost one is opened again.
                time.sleep(RETRY_SECONDS)

    def _watch(self, kind: Resource) -> None:
        access = self._access
        connection = http.client.HTTPSConnection(access.host, access.port, context=access.tls)
        self._open[kind.kind] = connection
        try:
            # From version 0: everything that is there comes first, so nothing is missed after a lost connection.
            connection.request("GET", f"{kind.path(None)}?watch=1&resourceVersion=0", headers=dict(access.headers))
            answer = connection.getresponse()
            while line := answer.readline():
                self._note(kind.kind, json.loads(line))
        finally:
            connection.close()

    def _note(self, kind: str, event: Manifest) -> None:
        manifest = event["object"]
        metadata = manifest["metadata"]
        key = (kind, metadata.get("namespace", ""), metadata["name"])
        with self._told:
            known = self._versions[key]
            if known and known[-1].manifest["metadata"]["resourceVersion"] == metadata["resourceVersion"]:
                return
            known.append(Version(time.monotonic(), event["type"] == "DELETED", manifest))
            self._told.notify_all()
