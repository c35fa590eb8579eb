"""docs/quickstart.md says what works: its blocks run in order, in one shell."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Terminal
from tests.e2e.pages import blocks_of, run_blocks


@pytest.mark.timeout(960)
def test_every_command_of_the_quickstart_works(terminal: Terminal, tmp_path: Path) -> None:
    blocks = blocks_of("quickstart.md")
    assert len(blocks) >= 8
    ran = run_blocks(blocks, terminal, tmp_path, seconds=900)
    assert "accuracy on 450 held-out digits" in ran.stdout
    assert "can cost" in ran.stdout
