"""A small client of the Kubernetes API: one request at a time over a kept connection."""

import difflib
import http.client
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode

from hansa_cli.cluster.access import REMEDY, Access, load_access
from hansa_cli.problem import ExitCode, Problem
from hansa_operator.api.wire import encode

Manifest = dict[str, Any]
FIELD_MANAGER = "hansa-cli"
CONNECT_SECONDS = 10
ANSWER_SECONDS = 30
TRIES = 3


@dataclass(frozen=True, slots=True)
class Resource:
    """Name a kind as the API serves it."""

    group_version: str
    plural: str
    kind: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """Return the request path of the collection, or of one object in it."""
        root = f"/api/{self.group_version}" if "/" not in self.group_version else f"/apis/{self.group_version}"
        scope = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        return f"{root}{scope}/{self.plural}" + (f"/{quote(name)}" if name else "")


NAMESPACES = Resource("v1", "namespaces", "Namespace", namespaced=False)


class ApiRefused(Exception):
    """Raised when the API server says no; `status` is the HTTP status, `reason` Kubernetes' word for it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Cluster:
    """Speak to one API server. Raises Problem when it does not answer, ApiRefused when it says no."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._connection: http.client.HTTPConnection | None = None
        self._known: dict[tuple[str, str], Resource] = {}

    @classmethod
    def current(cls) -> Self:
        """Return the cluster of the current kubeconfig."""
        return cls(load_access())

    def get(self, resource: Resource, namespace: str | None, name: str) -> Manifest | None:
        """Return an object, or None when the API server says that there is none."""
        try:
            return self.request("GET", resource.path(namespace, name))
        except ApiRefused as refused:
            if refused.status == 404 and refused.reason == "NotFound":
                return None
            raise

    def list_all(self, resource: Resource, namespace: str | None = None) -> Iterator[Manifest]:
        """Yield the objects of a namespace, or of all; page by page."""
        query = {"limit": "500"}
        while True:
            page = self.request("GET", f"{resource.path(namespace)}?{urlencode(query)}")
            yield from page.get("items") or ()
            following = (page.get("metadata") or {}).get("continue")
            if not following:
                return
            query["continue"] = following

    def apply(self, manifest: Mapping[str, Any], namespace: str | None = None) -> Manifest:
        """Apply a manifest of any kind server-side."""
        resource = self.resource(str(manifest.get("apiVersion")), str(manifest.get("kind")))
        metadata = manifest["metadata"]
        path = resource.path(metadata.get("namespace") or namespace or self.access.namespace, metadata["name"])
        query = urlencode({"fieldManager": FIELD_MANAGER, "force": "true", "fieldValidation": "Strict"})
        return self.request("PATCH", f"{path}?{query}", body=manifest, kind="application/apply-patch+yaml")

    def delete(self, resource: Resource, namespace: str | None, name: str) -> None:
        """Delete an object; one that is not there is fine."""
        try:
            self.request("DELETE", resource.path(namespace, name), body={"propagationPolicy": "Background"})
        except ApiRefused as refused:
            if refused.status != 404:
                raise

    def resource(self, group_version: str, kind: str) -> Resource:
        """Return how the API server serves a kind; raises ApiRefused when it does not know it."""
        if (group_version, kind) not in self._known:
            root = "/api/" if "/" not in group_version else "/apis/"
            for entry in self.request("GET", root + group_version).get("resources") or ():
                if "/" not in entry["name"]:
                    found = Resource(group_version, entry["name"], entry["kind"], entry["namespaced"])
                    self._known[group_version, entry["kind"]] = found
        if (group_version, kind) not in self._known:
            served = [known for version, known in self._known if version == group_version]
            near = difflib.get_close_matches(kind, served, n=1)
            meant = f": did you mean {near[0]}?" if near else ""
            raise ApiRefused(400, "BadRequest", f"the cluster knows no kind {kind} in {group_version}{meant}")
        return self._known[group_version, kind]

    def request(self, method: str, path: str, *, body: object = None, kind: str = "application/json") -> Manifest:
        """Send a request and return the answer; a lost connection and 429 are tried again (every call may repeat)."""
        octets = encode(body) if body is not None else None
        headers = {"Accept": "application/json", "Content-Type": kind, **self.access.headers}
        for attempt in range(1, TRIES + 1):
            kept = self._connection is not None
            try:
                status, answer = self._exchange(method, self.access.prefix + path, octets, headers)
            except (OSError, http.client.HTTPException) as failed:
                self.close()
                # Who keeps silent on a new connection would be as silent again.
                if attempt == TRIES or (isinstance(failed, TimeoutError) and not kept):
                    raise self._unreachable(failed) from failed
                continue
            if status != 429 or attempt == TRIES:
                return _accept(status, answer)
            time.sleep(attempt)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        """Close what nobody closed: a command ends with its last request."""
        self.close()

    def _exchange(self, method: str, path: str, octets: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, path, body=octets, headers=dict(headers))
        response = self._connection.getresponse()
        answer = response.read()
        if response.will_close:
            self.close()
        return response.status, answer

    def _connect(self) -> http.client.HTTPConnection:
        host, port, tls = self.access.host, self.access.port, self.access.tls
        if tls is None:
            connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        else:
            connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=tls)
        connection.connect()
        connection.sock.settimeout(ANSWER_SECONDS)
        return connection

    def _unreachable(self, failed: Exception) -> Problem:
        where = f"{self.access.host}:{self.access.port}"
        what = f"the Kubernetes API at {where} ({self.access.source}) does not answer: {failed}"
        return Problem(what, REMEDY, code=ExitCode.UNREACHABLE)


def _accept(status: int, answer: bytes) -> Manifest:
    try:
        document: Manifest = json.loads(answer) if answer else {}
    except ValueError:
        document = {"message": answer.decode(errors="replace").strip()}
    if status >= 400:
        raise ApiRefused(status, str(document.get("reason", "")), str(document.get("message", f"HTTP {status}")))
    return document
