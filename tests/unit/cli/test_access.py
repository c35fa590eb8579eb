"""What is told of a kubeconfig that cannot be used."""

from pathlib import Path

import pytest

from hansa_cli.cluster.access import load_access
from hansa_cli.problem import ExitCode, Problem

ONE = """
current-context: one
contexts: [{name: one, context: {cluster: here, user: me}}]
users: [{name: me, user: {}}]
clusters: [{name: here, cluster: {server: "https://127.0.0.1:1"%s}}]
"""
FILES = {
    "plain text": (b"root:x:0:0:root:/root:/bin/bash\n", "its entries are not those of a kubeconfig"),
    "a list": (b"[a, b]", "its entries are not those of a kubeconfig"),
    "a number for a list": (b"{contexts: 3}", "its entries are not those of a kubeconfig"),
    "no text": (b"\x7fELF\x02\xff", "it is no text"),
    "no YAML": (b"a: [", "expected"),
    "nothing": (b"", "it has no contexts entry called None"),
    "another context": (b"{current-context: two, contexts: [{name: one}]}", "no contexts entry called 'two'"),
    "an entry without its content": (b"{current-context: one, contexts: [{name: one}]}", "it lacks 'context'"),
    "damaged certificates": ((ONE % ", certificate-authority-data: aGFsbG8=").encode(), "are damaged"),
    "no base64": ((ONE % ", certificate-authority-data: a").encode(), "base64"),
    "a certificate that is not there": ((ONE % ", certificate-authority: gone.pem").encode(), "gone.pem"),
}


@pytest.mark.parametrize(("content", "told"), FILES.values(), ids=FILES)
def test_what_is_wrong_with_a_kubeconfig_is_told_in_a_line(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_bytes(content)
    with pytest.raises(Problem) as problem:
        load_access(file)
    assert told in problem.value.what
    assert str(file) in problem.value.what
    assert problem.value.code is ExitCode.UNREACHABLE


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no kubeconfig at"):
        load_access(tmp_path / "none")
