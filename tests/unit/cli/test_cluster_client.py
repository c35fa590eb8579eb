"""What the command line makes of a Kubernetes API that does not answer."""

import socket
from dataclasses import replace

import pytest

from hansa_cli.cluster import client
from hansa_cli.cluster.access import Access
from hansa_cli.cluster.client import NAMESPACES, Cluster
from hansa_cli.problem import ExitCode, Problem

NOWHERE = Access(host="127.0.0.1", port=0, tls=None, prefix="", headers={}, namespace="default", source="a kubeconfig")


def test_an_api_that_keeps_silent_is_asked_once_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Problem, match=f"the Kubernetes API at 127.0.0.1:{port} .* does not answer") as raised:
            Cluster(replace(NOWHERE, port=port)).get(NAMESPACES, None, "default")
        assert raised.value.code is ExitCode.UNREACHABLE
        silent.settimeout(5)
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
