"""The vectors that the contracts are tested with are what this package computes."""

import runpy
from pathlib import Path

VECTORS = Path(__file__).parents[2] / "vectors"


def test_the_shared_vectors_are_current() -> None:
    made = runpy.run_path(str(VECTORS / "make.py"))["render"]()
    assert (VECTORS / "protocol.json").read_text() == made, "run: python tests/vectors/make.py"
