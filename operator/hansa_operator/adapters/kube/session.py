"""Requests to the API server: one bounded session, and every refusal as the error that says what it means."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from hansa_operator.adapters.kube.access import Access
from hansa_operator.api.wire import encode
from hansa_operator.ports.kube import ApiUnreachable, Conflict, Forbidden, Invalid, KubeError, NotFound

CONNECTIONS = 16
TIMEOUT_SECONDS = 20.0
JSON = "application/json"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
MANAGER = {"fieldManager": "hansa"}


class Session:
    """Send requests; raises the errors of ports.kube and no others."""

    def __init__(self, access: Access, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._access = access
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=access.tls if access.tls is not None else True)
        timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read."""
        return await self._send("GET", path, query, None, JSON)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create."""
        return await self._send("POST", path, MANAGER, body, JSON)

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Replace what was read; raises Conflict when it has changed since."""
        return await self._send("PUT", path, MANAGER, body, JSON)

    async def merge(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change some fields."""
        return await self._send("PATCH", path, MANAGER, body, MERGE)

    async def apply(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Apply as field manager `hansa`, taking fields from others."""
        return await self._send("PATCH", path, {**MANAGER, "force": "true"}, body, APPLY)

    async def delete(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Delete."""
        return await self._send("DELETE", path, {}, body, JSON)

    async def _send(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None, content: str
    ) -> dict[str, Any]:
        data = None if body is None else encode(body)
        try:
            headers = {**self._access.headers(), "Accept": JSON, "Content-Type": content}
            url = self._access.url + path
            async with self._http.request(method, url, params=query, data=data, headers=headers) as response:
                status, text = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            what = f"the API server at {self._access.url} does not answer {method} {path} ({failed!r})"
            raise ApiUnreachable(f"{what}: it is tried again; check that it runs and can be reached") from failed
        answer = _parse(text)
        if status >= HTTPStatus.BAD_REQUEST:
            raise explain(status, answer, f"{method} {path}")
        return answer


def _parse(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"message": text[:512]}
    return found if isinstance(found, dict) else {"message": text[:512]}


def explain(status: int, answer: Mapping[str, Any], request: str) -> KubeError:
    """Return the error that an answer means; `answer` is a metav1.Status or what a proxy sent instead."""
    said = f"{request}: {answer.get('message') or f'HTTP {status}'}"
    if status == HTTPStatus.NOT_FOUND and not (answer.get("details") or {}).get("name"):
        # The path itself is unknown: this says nothing about the object.
        what = f"the API server does not serve this kind ({said})"
        return ApiUnreachable(f"{what}: install or update the CRDs: kubectl apply --server-side -f crds/")
    if _is_terminating(answer):
        return Conflict(f"{said}: the namespace is being deleted, nothing can be created in it")
    if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ApiUnreachable(f"the API server cannot answer now ({said}): it is tried again")
    error, remedy = _MEANINGS.get(status, _REFUSED)
    return error(f"{said}{remedy}")


_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GONE)
_REFUSED = (Invalid, ". Operator and CRDs may differ in version: kubectl apply --server-side -f crds/")
_MEANINGS: Mapping[int, tuple[type[KubeError], str]] = {
    HTTPStatus.NOT_FOUND: (NotFound, ""),
    HTTPStatus.CONFLICT: (Conflict, ""),
    HTTPStatus.UNAUTHORIZED: (Forbidden, ". The operator's credentials are refused: renew its token or kubeconfig"),
    HTTPStatus.FORBIDDEN: (Forbidden, ". Grant this to the operator's role, or install the chart's RBAC again"),
}


def _is_terminating(answer: Mapping[str, Any]) -> bool:
    causes = (answer.get("details") or {}).get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)
