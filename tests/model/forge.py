"""Histories on the contracts: one forge process plays a folder of them and notes what ended otherwise."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from hansa_chain.abi import decode_error
from hansa_protocol.identity import Address
from tests.model.deployment import Deployment, plan_deployment
from tests.model.encoding import Step, encode_site, encode_steps

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "chain_bridge" / "contracts"
PLAYER = Address("0x7FA9385bE102ac3EAc297483Dd6233D62b3e1496")
"""Where forge puts the contract that it tests."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Tell which step of which history ended otherwise, and how."""

    history: int
    step: int
    outcome: str


def deployments() -> tuple[Deployment, Deployment]:
    """Return what the player creates before every history: without a court, and with one."""
    first = plan_deployment(PLAYER, 1, court=False)
    return first, plan_deployment(PLAYER, 1 + len(first.creations), court=True)


def play_on_contracts(histories: Sequence[Sequence[Step]], *, timeout_seconds: float = 600) -> tuple[Mismatch, ...]:
    """Return the first step of each history that did not end as it says."""
    with _folder() as folder:
        (folder / "site").write_bytes(encode_site(deployments()))
        for number, steps in enumerate(histories):
            (folder / str(number)).write_bytes(encode_steps(steps))
        _run(folder, len(histories), timeout_seconds)
        return tuple(_read((folder / "notes").read_text().splitlines()))


@contextmanager
def _folder() -> Iterator[Path]:
    build = ROOT / "build" / "differential"
    build.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=build))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, count: int, timeout_seconds: float) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    env = os.environ | {
        "PATH": path,
        "FOUNDRY_PROFILE": "differential",
        "HANSA_HISTORIES": str(folder),
        "HANSA_HISTORY_COUNT": str(count),
    }
    argv = [shutil.which("forge", path=path) or "forge", "test", "-vv"]
    done = subprocess.run(
        argv, check=False, cwd=CONTRACTS, env=env, capture_output=True, text=True, timeout=timeout_seconds
    )
    if done.returncode != 0:
        raise RuntimeError(f"forge did not play the histories:\n{done.stdout}{done.stderr}")


def _read(notes: Sequence[str]) -> Iterator[Mismatch]:
    if not notes or notes[-1] != "done":
        raise RuntimeError(f"forge stopped before the last history: {notes[-1:]}")
    for note in notes[:-1]:
        history, _, raw = note.partition(" ")
        data = bytes.fromhex(raw.removeprefix("0x"))
        try:
            step, outcome = decode(["uint256", "bytes"], data[4:])
        except DecodingError:
            yield Mismatch(int(history), -1, f"the player itself failed: {raw}")
            continue
        yield Mismatch(int(history), step, _told(outcome))


def _told(outcome: bytes) -> str:
    if len(outcome) % 32 != 4:
        return f"ok, 0x{outcome.hex()}"
    name, values = decode_error(outcome)
    return f"{name} {values}"
