"""Commands of these tests reach no cluster, whatever the machine has."""

from pathlib import Path

import pytest

from tests.ordered import SIGNER_KEY


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take any cluster away, and give the order signer's key."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    monkeypatch.setenv("HANSA_ORDER_KEY", "0x" + SIGNER_KEY.hex())
