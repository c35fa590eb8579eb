"""docs/quickstart.md says what works: its blocks run in order, in one shell, beside an environment that is up."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Terminal
from tests.e2e.environment.conftest import Environment
from tests.e2e.pages import blocks_of, run_blocks


@pytest.mark.timeout(960)
def test_every_command_of_the_quickstart_works_and_meets_no_other_environment(
    environment: Environment, terminal: Terminal, tmp_path: Path
) -> None:
    blocks = blocks_of("quickstart.md")
    assert len(blocks) >= 8
    ran = run_blocks(blocks, terminal, tmp_path, seconds=900)
    assert "accuracy on 450 held-out digits" in ran.stdout
    assert "can cost" in ran.stdout
    assert terminal.left_over() == []
    assert not terminal.home.exists()
    assert terminal.run("down").returncode == 0
    other = ["kubectl", "--kubeconfig", environment.terminal.kubeconfig(), "get", "--all-namespaces", "-o", "name"]
    seen = subprocess.run([*other, "pool,aijobs"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "providerpool.hansa.dev/demo" in seen
    assert "digits" not in seen
