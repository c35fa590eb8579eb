"""What the command line makes of a Kubernetes API that does not answer."""

import http.server
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from hansa_cli.cluster import client
from hansa_cli.cluster.access import Access
from hansa_cli.cluster.client import NAMESPACES, ApiRefused, Cluster
from hansa_cli.cluster.hansa_kinds import explain
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.sandbox import mend
from hansa_cli.sandbox.home import Home

NOWHERE = Access(host="127.0.0.1", port=0, tls=None, prefix="", headers={}, namespace="default", source="a kubeconfig")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let connecting take long and an answer little, so that one is not taken for the other."""
    monkeypatch.setattr(client, "CONNECT_SECONDS", 60)
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1)


@pytest.mark.usefixtures("quick")
def test_an_api_that_keeps_silent_is_asked_once_and_told_of() -> None:
    with served(silent=1, closes=False) as (port, connections):
        with pytest.raises(Problem, match=f"the Kubernetes API at 127.0.0.1:{port} .* does not answer") as raised:
            Cluster(replace(NOWHERE, port=port)).get(NAMESPACES, None, "default")
        assert raised.value.code is ExitCode.UNREACHABLE
        assert connections() == 1


@pytest.mark.usefixtures("quick")
def test_a_kept_connection_that_went_dead_is_replaced() -> None:
    with served(silent=2, closes=False) as (port, connections):
        cluster = Cluster(replace(NOWHERE, port=port))
        assert cluster.get(NAMESPACES, None, "default") == {}
        assert cluster.get(NAMESPACES, None, "default") == {}
        assert connections() == 2


@pytest.mark.usefixtures("quick")
def test_a_connection_that_was_closed_after_an_answer_is_made_anew() -> None:
    with served(silent=0, closes=True) as (port, connections):
        cluster = Cluster(replace(NOWHERE, port=port))
        assert [cluster.get(NAMESPACES, None, "default") for _ in range(3)] == [{}] * 3
        assert connections() == 3


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([500, 200], ""),
        ([500] * 1000, "is not ready, as when its etcd has stopped"),
        ([401], "ask the cluster's admin for this permission"),
    ],
    ids=["starts", "has lost its etcd", "does not know us"],
)
def test_an_environment_needs_an_api_that_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: list[int], told: str
) -> None:
    monkeypatch.setattr(mend, "LOOK_SECONDS", 0.01)
    with served(answers=answers) as (port, _):
        cluster = Cluster(replace(NOWHERE, port=port))
        with pytest.raises(Problem, match=told) if told else nullcontext():
            mend.require_cluster(cluster, Home(tmp_path), patience=0.2)


@pytest.mark.parametrize(
    ("status", "said", "code", "remedy"),
    [
        (503, "please try again", ExitCode.UNREACHABLE, "try again in a moment"),
        (429, "too many requests", ExitCode.UNREACHABLE, "try again in a moment"),
        (500, "failed to create typed patch object: no such field", ExitCode.REFUSED, "correct the manifest"),
        (422, "spec.budget is wrong", ExitCode.REFUSED, "correct the manifest"),
    ],
)
def test_an_api_that_is_not_ready_is_told_from_one_that_refuses(
    status: int, said: str, code: ExitCode, remedy: str
) -> None:
    told = explain(ApiRefused(status, "", said))
    assert said in told.what
    assert told.code is code
    assert told.remedy.startswith(remedy)


@contextmanager
def served(
    *, silent: int = 0, closes: bool = False, answers: Sequence[int] = ()
) -> Iterator[tuple[int, Callable[[], int]]]:
    """Serve empty objects, first with these statuses; the request of the number `silent`, from 1, is never answered."""
    asked, connected, over = itertools.count(1), [], threading.Event()
    statuses = itertools.chain(answers, itertools.repeat(200))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            connected.append(self)
            super().setup()

        def do_GET(self) -> None:
            if next(asked) == silent:
                over.wait(30)
                return
            self.send_response(next(statuses))
            self.send_header("Content-Length", "2")
            if closes:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        try:
            yield server.server_address[1], lambda: len(connected)
        finally:
            over.set()
            server.shutdown()
