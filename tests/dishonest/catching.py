"""A party with `hansa verify`: runs it on the hub's files, sends what it says, and comes back when it says so."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner

from hansa_cli.main import app
from hansa_cli.problem import Problem
from tests.dishonest.scene import Scene

MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Sent:
    """Name a transaction that `hansa verify` sent, by the contract's function."""

    call: str
    tx_hash: str


@dataclass(frozen=True, slots=True)
class Run:
    """Hold one run: what was printed, the exit code, what was sent, and when it says to come back (unix seconds).

    `told` is the problem that it ended with.
    """

    code: int
    printed: str
    sent: tuple[Sent, ...]
    again: int | None
    told: str = ""

    @property
    def calls(self) -> list[str]:
        """Return the functions that were called, in their order."""
        return [one.call for one in self.sent]


def sending(scene: Scene, name: str) -> tuple[str, ...]:
    """Return the options with which a party sends what is to be sent."""
    return ("--send", "--key-file", str(scene.key_file(name)))


def verify(scene: Scene, files: Sequence[Path], *options: str) -> Run:
    """Run `hansa verify` once, with the arguments that a person types."""
    argv = ["verify", *map(str, files), "--rpc", scene.rpc_url, "--manifest", str(scene.manifest), *options]
    done = CliRunner().invoke(app, argv)
    if done.exception is not None and not isinstance(done.exception, Problem | SystemExit):
        raise done.exception
    code, told = done.exit_code, ""
    if isinstance(done.exception, Problem):
        code, told = done.exception.code, str(done.exception)
    sent = (Sent(*found) for found in re.findall(r"sent (\w+) (0x[0-9a-f]{64})", done.output))
    times = re.findall(r"verify again from (\S+) on", done.output)
    again = min((int(datetime.fromisoformat(time).timestamp()) for time in times), default=None)
    return Run(code, done.output, tuple(sent), again, told)


def catch(scene: Scene, files: Sequence[Path], parties: Mapping[str, Sequence[str]]) -> list[tuple[str, Run]]:
    """Let parties verify and send, each with its options, until nothing is left to do.

    Between rounds time passes on the chain; the hub is silent.
    """
    runs: list[tuple[str, Run]] = []
    for _ in range(MOST_ROUNDS):
        latest = {name: verify(scene, files, *sending(scene, name), *options) for name, options in parties.items()}
        runs += latest.items()
        times = [run.again for run in latest.values() if run.again is not None]
        if not times:
            return runs
        # Blocks of the chain may be ahead of the time that was printed.
        scene.market.anvil.advance_to(max(min(times), scene.market.anvil.chain.stamp().timestamp + 1))
    raise AssertionError(f"not done after {MOST_ROUNDS} rounds: {runs[-1][1].printed}")


def calls_of(runs: Iterable[tuple[str, Run]]) -> list[str]:
    """Return the functions that were called in all of these runs, in their order."""
    return [call for _, run in runs for call in run.calls]
