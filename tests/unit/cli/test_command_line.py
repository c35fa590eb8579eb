"""What a person meets on the command line when something is not as it should be."""

import errno
import io
import re
from pathlib import Path

import pytest

from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import ApiRefused
from hansa_cli.cluster.hansa_kinds import explain, suggest
from hansa_cli.commands.verify import Request, verify_batches
from hansa_cli.gateway import log_address
from hansa_cli.manifest_files import read_manifests
from hansa_cli.problem import ExitCode, Problem, explain_machine


@pytest.mark.parametrize(
    ("name", "names", "remedy"),
    [
        ("digts", ["digits", "flaky"], "did you mean digits?"),
        ("zzz", ["digits", "flaky"], "there are: digits, flaky"),
        ("zzz", [], "there are none here: try another namespace with -n"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(name: str, names: list[str], remedy: str) -> None:
    assert suggest(name, names) == remedy


def test_a_cluster_without_crds_is_told_apart_from_a_missing_object() -> None:
    told = explain(ApiRefused(404, "", "404 page not found"))
    assert told.code is ExitCode.UNREACHABLE
    assert "install Hansa's CRDs" in told.remedy


def test_a_missing_kubeconfig_names_the_file_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"there is no kubeconfig at .*nowhere") as met:
        load_access(tmp_path / "nowhere")
    assert "hansa up" in met.value.remedy
    assert met.value.code is ExitCode.UNREACHABLE


SECURE = """
current-context: here
contexts: [{name: here, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority%s}}]
users: [{name: u, user: {client-certificate-data: eA==, client-key-data: eA==}}]
"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[]", "it chooses no context"),
        ("- a", "does not hold contexts, clusters and users"),
        ("root:x:0:0:root:/root:/bin/bash", "does not hold contexts, clusters and users"),
        ("clusters: 3", "it chooses no context"),
        ("contexts: 3", "its contexts are no list"),
        ("contexts: [3]", "its contexts are no list"),
        ("{{{", "while"),
        ("current-context: gone", "it has no context called 'gone'"),
        ("current-context: a\ncontexts: [{name: a, context: {}}]", "'cluster' is missing"),
        ("current-context: a\ncontexts: [{name: a, context: x}]", "another form than it should"),
        ("\udcff\udcfe", "it is no text"),
        (SECURE % "-data: x", "its certificate authority cannot be read"),
        (SECURE % "-data: eHh4", "its certificate authority cannot be read"),
        (SECURE % ": gone.crt", "No such file or directory"),
        (SECURE % "-data: ''", "its client certificate with its key cannot be read"),
    ],
)
def test_a_broken_kubeconfig_is_one_line_that_names_the_file_and_the_fault(
    tmp_path: Path, content: str, why: str
) -> None:
    path = tmp_path / "config"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(Problem, match=f"{re.escape(str(path))} is no usable kubeconfig: .*{why}") as met:
        load_access(path)
    assert "\n" not in met.value.what
    assert met.value.code is ExitCode.UNREACHABLE
    assert met.value.remedy


def test_a_kubeconfig_with_a_token_over_plain_http_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        """
current-context: here
contexts: [{name: here, context: {cluster: c, user: u, namespace: lab}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:8001/k8s/"}}]
users: [{name: u, user: {token: secret}}]
"""
    )
    access = load_access(path)
    assert (access.host, access.port, access.prefix, access.namespace) == ("127.0.0.1", 8001, "/k8s", "lab")
    assert access.headers == {"Authorization": "Bearer secret"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("kind: A\na: [", "no valid YAML: line 2, column 5: while parsing a flow node, expected the node content"),
        ("a: \0", "no valid YAML: unacceptable character #x0000: special characters are not allowed"),
        ("just text", "no Kubernetes object"),
        ("kind: AIJob", "no Kubernetes object"),
        ("{apiVersion: hansa.dev/v1alpha1, kind: AIJob, metadata: hello}", "no Kubernetes object"),
        ("{apiVersion: hansa.dev/v1alpha1, kind: AIJob, metadata: {name: 7}}", "no Kubernetes object"),
        ("{apiVersion: hansa.dev/v1alpha1, kind: AIJob, metadata: {name: a, namespace: [b]}}", "no Kubernetes object"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused_before_anything_is_sent(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "job.yaml"
    path.write_text(content)
    with pytest.raises(Problem, match=told) as met:
        read_manifests(str(path))
    assert met.value.code is ExitCode.USAGE


@pytest.mark.parametrize("content", ["", "a: [", "just text"])
def test_what_comes_from_standard_input_is_called_so(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(content))
    with pytest.raises(Problem, match=r"^standard input "):
        read_manifests("-")


@pytest.mark.parametrize("content", [b"# Hansa\n", b"\xe2\x80\xa6", b"", b"{}"])
def test_what_is_no_batch_file_is_told_as_such(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(content)
    with pytest.raises(Problem, match=r"README\.md is no batch file") as met:
        verify_batches(Request([path], "http://127.0.0.1:9"))
    assert met.value.code is ExitCode.FAILED


@pytest.mark.parametrize(
    ("number", "what"),
    [(errno.EADDRINUSE, "has no port left"), (errno.ENOSPC, "could not write"), (errno.EROFS, "could not write")],
)
def test_what_the_machine_refuses_is_one_line_with_a_remedy(number: int, what: str) -> None:
    told = explain_machine(OSError(number, "no free port from 20000 to 29999"))
    assert told is not None
    assert what in told.what
    assert "no free port from 20000 to 29999" in told.what
    assert "do it again" in told.remedy
    assert explain_machine(OSError(errno.EPIPE, "broken")) is None


def test_following_a_log_keeps_its_capability() -> None:
    uri = "http://127.0.0.1:8080/v1/logs/0xab/1?key=K"
    assert log_address(uri, follow=True, offset=7) == "http://127.0.0.1:8080/v1/logs/0xab/1?key=K&follow=1&offset=7"
    assert log_address(uri, attempt=0) == "http://127.0.0.1:8080/v1/logs/0xab/0?key=K"
