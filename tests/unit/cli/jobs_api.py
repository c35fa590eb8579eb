"""An API server in a thread that takes AIJobs and tells of each what its test has written down."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = "/apis/hansa.dev/v1alpha1"


def status(*conditions: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """Return a status with these conditions: type, status, reason; the message is made of the reason."""
    listed = [
        {"type": kind, "status": state, "reason": reason, "message": f"why {reason}"}
        for kind, state, reason in conditions
    ]
    return {"conditions": listed, **fields}


@contextmanager
def jobs_api(folder: Path, jobs: Mapping[str, Sequence[Any]]) -> Iterator[Path]:
    """Serve jobs by name and yield the kubeconfig; each look at a job gives the next of its statuses, then the last.

    A job whose first status is a text is refused with it when it is applied.
    """
    looks: dict[str, int] = {}

    class Api(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            applied = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            first = jobs[applied["metadata"]["name"]][0]
            if isinstance(first, str):
                self._answer(422, {"reason": "Invalid", "message": first})
            else:
                self._answer(200, applied | {"metadata": applied["metadata"] | {"namespace": "lab"}})

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            if self.path == ROOT:
                kinds = [{"name": "aijobs", "kind": "AIJob", "namespaced": True}]
                self._answer(200, {"resources": kinds})
            elif name in jobs:
                known = jobs[name]
                looks[name] = looks.get(name, -1) + 1
                shown = known[min(looks[name], len(known) - 1)]
                self._answer(200, {"metadata": {"name": name, "namespace": "lab"}, "status": shown})
            else:
                self._answer(404, {"reason": "NotFound", "message": "not found", "items": []})

        def _answer(self, code: int, document: Mapping[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests read what the commands print."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield _kubeconfig(folder / "kubeconfig", server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _kubeconfig(path: Path, port: int) -> Path:
    config = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "namespace": "lab"}}],
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
    }
    path.write_text(json.dumps(config))
    return path
