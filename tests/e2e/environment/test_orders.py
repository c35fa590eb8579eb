"""docs/orders.md says what works: its blocks run in order, in one shell."""

import re
from pathlib import Path

import pytest

from tests.e2e.environment.conftest import Environment
from tests.e2e.pages import blocks_of, run_blocks


@pytest.mark.timeout(600)
def test_every_command_of_the_page_about_orders_works(environment: Environment, tmp_path: Path) -> None:
    blocks = blocks_of("orders.md")
    assert len(blocks) == 4
    ran = run_blocks(blocks, environment.terminal, tmp_path, seconds=540)
    job_id = re.search(r"flaky: .* job id (0x[0-9a-f]{64})", ran.stderr)
    assert job_id is not None
    assert job_id[1] in ran.stdout, "the job ran under its order's digest"
    assert "ordered: true" in ran.stdout
