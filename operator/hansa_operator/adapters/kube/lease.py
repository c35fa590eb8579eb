"""Leases: who leads.

Whether somebody else's lease has run out is judged by this process's own clock, from when it last saw the lease change,
as client-go does: clocks of two machines may differ, and two leaders would be worse than none.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hansa_operator.adapters.kube.resources import resource_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.ports.kube import Conflict, NotFound

_LEASE = resource_of("Lease")


class Leases:
    """Hold Leases, and remember when those of others last changed."""

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._seen: dict[str, tuple[str, float]] = {}

    async def hold(self, namespace: str, name: str, holder: str, *, seconds: int) -> bool:
        """Acquire or renew; returns whether `holder` has the lease now. Raises ApiUnreachable when that is unknown."""
        path = _LEASE.path(namespace, name)
        try:
            found = await self._session.get(path)
        except NotFound:
            return await self._create(namespace, name, _spec({}, holder, seconds))
        spec = found.get("spec") or {}
        if spec.get("holderIdentity") not in (None, "", holder) and not self._run_out(path, found):
            return False
        return await self._replace(path, {**found, "spec": _spec(spec, holder, seconds)})

    async def release(self, namespace: str, name: str, holder: str) -> None:
        """Give the lease up if `holder` has it, so that the next one need not wait."""
        path = _LEASE.path(namespace, name)
        try:
            found = await self._session.get(path)
        except NotFound:
            return
        spec = found.get("spec") or {}
        if spec.get("holderIdentity") == holder:
            await self._replace(path, {**found, "spec": {**spec, "holderIdentity": ""}})

    def _run_out(self, path: str, found: dict[str, Any]) -> bool:
        version, now = found["metadata"]["resourceVersion"], self._clock()
        known = self._seen.get(path)
        if known is None or known[0] != version:
            self._seen[path] = (version, now)
            return False
        return now >= known[1] + int((found.get("spec") or {}).get("leaseDurationSeconds") or 0)

    async def _create(self, namespace: str, name: str, spec: dict[str, Any]) -> bool:
        metadata = {"name": name, "namespace": namespace}
        lease = {"apiVersion": _LEASE.api_version, "kind": _LEASE.kind, "metadata": metadata, "spec": spec}
        try:
            await self._session.post(_LEASE.path(namespace), lease)
        except Conflict:
            return False
        return True

    async def _replace(self, path: str, lease: dict[str, Any]) -> bool:
        try:
            await self._session.put(path, lease)
        except (Conflict, NotFound):
            return False
        return True


def _spec(before: dict[str, Any], holder: str, seconds: int) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    same = before.get("holderIdentity") == holder
    return {
        "holderIdentity": holder,
        "leaseDurationSeconds": seconds,
        "acquireTime": before.get("acquireTime", now) if same else now,
        "renewTime": now,
        "leaseTransitions": int(before.get("leaseTransitions") or 0) + (0 if same or not before else 1),
    }
