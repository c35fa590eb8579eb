"""Ray's Jobs API over HTTP: versions, packages, submissions. Never imports Ray."""

import hashlib
import json
import re
import shlex
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from hansa_operator.ports.ray import RayJobState, RayJobView, RayUnreachable, Submission, WorkerGroup

READ_SECONDS = 5.0
SUBMIT_SECONDS = 30.0
UPLOAD_SECONDS = 60.0
CONNECTIONS = 16
MESSAGE_CHARACTERS = 1000
_STATES = {
    "PENDING": RayJobState.PENDING,
    "RUNNING": RayJobState.RUNNING,
    "SUCCEEDED": RayJobState.SUCCEEDED,
    "FAILED": RayJobState.FAILED,
    "STOPPED": RayJobState.STOPPED,
}
_WORKER = re.compile(r"hansa-worker-(\d+)g")


class RayRefused(RayUnreachable):
    """Raised when Ray answered that it will not do it; the message is Ray's."""


def open_session() -> aiohttp.ClientSession:
    """Return a session with few connections, for any number of clusters."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS, limit_per_host=4))


class JobsApi:
    """Speak to the Jobs API of one cluster; every call raises RayUnreachable when it does not answer."""

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str = "") -> None:
        self._session, self._address = session, address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def version(self) -> str:
        """Return Ray's version."""
        _, body = await self._expect("GET", "/api/version")
        return str(json.loads(body)["ray_version"])

    async def workers(self) -> tuple[WorkerGroup, ...]:
        """Return the workers that have joined, by their custom resource; raises RayUnreachable before the head has."""
        _, body = await self._expect("GET", "/api/v0/nodes?limit=10000")
        try:
            nodes = json.loads(body)["data"]["result"]["result"]
            alive = [node for node in nodes if node["state"] == "ALIVE"]
            head = any(node["is_head_node"] for node in alive)
            found = [match for node in alive for match in map(_WORKER.fullmatch, node["resources_total"]) if match]
        except (ValueError, KeyError, TypeError) as unread:
            raise RayUnreachable(f"Ray at {self._address} lists its nodes in a way not known here") from unread
        if not head:
            raise RayUnreachable(f"Ray at {self._address} has no live head node")
        return tuple(WorkerGroup(gpus, count) for gpus, count in sorted(Counter(int(m[1]) for m in found).items()))

    async def job(self, submission_id: str) -> RayJobView:
        """Return a submission; ABSENT only when Ray said so."""
        status, body = await self._call("GET", f"/api/jobs/{submission_id}", seconds=READ_SECONDS)
        if status == HTTPStatus.NOT_FOUND and submission_id.encode() in body:
            return RayJobView(RayJobState.ABSENT)
        return _view(json.loads(self._good(status, body)))

    async def submit(self, submission: Submission) -> None:
        """Upload the package and submit; a known submission id is left as it is. Raises RayRefused."""
        if (await self.job(submission.submission_id)).state is not RayJobState.ABSENT:
            return
        uri = await self._upload(submission.package)
        request = _request(submission, uri)
        status, body = await self._call("POST", "/api/jobs/", json=request, seconds=SUBMIT_SECONDS)
        # Somebody may have been faster, or an earlier call of ours arrived after all.
        if status != HTTPStatus.OK and (await self.job(submission.submission_id)).state is RayJobState.ABSENT:
            self._good(status, body)

    async def stop(self, submission_id: str) -> None:
        """Ask Ray to stop a submission; unknown or ended ones are fine."""
        view = await self.job(submission_id)
        if view.state is not RayJobState.ABSENT and not view.state.terminal:
            await self._expect("POST", f"/api/jobs/{submission_id}/stop")

    async def logs(self, submission_id: str) -> str:
        """Return what the driver has printed so far."""
        _, body = await self._expect("GET", f"/api/jobs/{submission_id}/logs")
        return str(json.loads(body)["logs"])

    async def _upload(self, package: bytes) -> str:
        name = f"_ray_pkg_{hashlib.sha256(package).hexdigest()}.zip"
        path = f"/api/packages/gcs/{name}"
        status, body = await self._call("GET", path, seconds=READ_SECONDS)
        if status == HTTPStatus.NOT_FOUND:
            status, body = await self._call("PUT", path, data=package, seconds=UPLOAD_SECONDS)
        self._good(status, body)
        return f"gcs://{name}"

    async def _expect(self, method: str, path: str) -> tuple[int, bytes]:
        status, body = await self._call(method, path, seconds=READ_SECONDS)
        return status, self._good(status, body)

    def _good(self, status: int, body: bytes) -> bytes:
        if status == HTTPStatus.OK:
            return body
        said = body.decode("utf-8", "replace").strip()[-MESSAGE_CHARACTERS:]
        raise RayRefused(f"Ray at {self._address} answered {status}: {said}")

    async def _call(self, method: str, path: str, *, seconds: float, **content: Any) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        url = f"http://{self._address}{path}"
        try:
            async with self._session.request(method, url, headers=self._headers, timeout=timeout, **content) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            what = f"Ray at {self._address} does not answer ({str(failed) or type(failed).__name__})"
            raise RayUnreachable(what) from failed


def _request(submission: Submission, uri: str) -> Mapping[str, Any]:
    environment: dict[str, Any] = {"working_dir": uri, "env_vars": dict(submission.env)}
    if submission.pip:
        environment["pip"] = list(submission.pip)
    return {
        # The Jobs API runs a shell: quoting keeps the arguments what they are.
        "entrypoint": shlex.join(submission.argv),
        "submission_id": submission.submission_id,
        "runtime_env": environment,
        "entrypoint_resources": {submission.pin.resource: 1},
    }


def _view(details: Mapping[str, Any]) -> RayJobView:
    state = _STATES.get(str(details.get("status")), RayJobState.UNKNOWN)
    message = str(details.get("message") or "")[-MESSAGE_CHARACTERS:]
    return RayJobView(state, details.get("start_time"), details.get("end_time"), message)
