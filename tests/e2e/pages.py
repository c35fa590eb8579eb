"""Run what a document tells to type: its blocks in order, in one shell."""

import re
import subprocess
from pathlib import Path

from tests.e2e.conftest import REPOSITORY, Terminal

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(page: str) -> list[str]:
    """Return the blocks of a document in docs/, without the set-up, which a test has behind it."""
    blocks = BLOCK.findall((REPOSITORY / "docs" / page).read_text())
    return [block for block in blocks if "make setup" not in block]


def run_blocks(
    blocks: list[str], terminal: Terminal, folder: Path, *, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run blocks to their end; fails with what they printed when one does."""
    said = "\n".join(f"echo '== block {number}'\n{block}" for number, block in enumerate(blocks))
    script = folder / "page.sh"
    script.write_text(f"set -euo pipefail\n{said}\n")
    ran = subprocess.run(
        ["bash", script],
        cwd=REPOSITORY,
        env=terminal.environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-6000:]}\n{ran.stderr[-3000:]}"
    return ran
