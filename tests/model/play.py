"""Play random histories on the model and on the contracts: `python -m tests.model.play --histories 10000`.

The same seed always gives the same history: `--seed SEED --histories 1` plays one alone and tells all of it.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.model.coverage import missing
from tests.model.deployment import PEOPLE, Deployment
from tests.model.forge import Mismatch, deployments, play_on_contracts
from tests.model.histories.history import History, draw_history
from tests.model.tally import Tally

BASE_SEED = 20_000_000
CHUNK = 250
"""Histories that one forge process plays."""
ENOUGH_FOR_COVERAGE = 5_000


@dataclass(frozen=True, slots=True)
class Played:
    """Hold what came of some histories: what was in them, and where model and contracts disagreed."""

    tally: Tally
    disagreements: tuple[str, ...]


def play(seeds: Sequence[int]) -> Played:
    """Play the histories of some seeds with one forge process."""
    sites, tally = deployments(), Tally()
    histories = [draw_history(seed, sites) for seed in seeds]
    for history in histories:
        tally.add(history)
    found = play_on_contracts([history.steps for history in histories])
    return Played(tally, tuple(told(histories[one.history], one) for one in found))


def told(history: History, mismatch: Mismatch) -> str:
    """Return where a history's contracts did otherwise than its model, and how to see it again."""
    steps, at = history.steps, mismatch.step
    before = [f"  {_named(history.deployment, step.told)}" for step in steps[max(0, at - 3) : at + 1]]
    return "\n".join(
        [
            f"history {history.seed}, step {at} of {len(steps)}, ended otherwise on the contracts:",
            *before,
            f"  but: {_named(history.deployment, mismatch.outcome)}",
            f"again: python -m tests.model.play --seed {history.seed} --histories 1",
        ]
    )


def _named(deployment: Deployment, text: str) -> str:
    """Return a text with names in the place of addresses."""
    for name, address in (*((one.name, one.address) for one in PEOPLE.values()), *deployment.places.items()):
        text = text.replace(address, name)
    return text


def _play_all(first: int, count: int, workers: int) -> Iterator[Played]:
    chunks = [range(at, min(at + CHUNK, first + count)) for at in range(first, first + count, CHUNK)]
    play_on_contracts([])  # compiles the player before several need it
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(play, chunks)


def _tell(seed: int) -> None:
    sites = deployments()
    history = draw_history(seed, sites)
    for number, step in enumerate(history.steps):
        _print(f"{number} {_named(history.deployment, step.told)}")


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main() -> int:
    """Play, print what happened, and return 1 when anything disagreed or too little happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.model.play", description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=BASE_SEED, help="of the first history; the others count on")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_args()
    _print(f"{given.histories:,} histories from seed {given.seed} on, {given.workers} at once")
    if given.histories == 1:
        _tell(given.seed)
    begun, total, disagreements = time.monotonic(), Tally(), 0
    for played in _play_all(given.seed, given.histories, given.workers):
        total.merge(played.tally)
        disagreements += len(played.disagreements)
        _print(*played.disagreements)
        if total.histories % 1_000 == 0:
            _print(f"{total.histories:,} histories, {disagreements} disagreements")
    _print(*total.lines())
    lacking = list(missing(total)) if given.histories >= ENOUGH_FOR_COVERAGE else []
    _print(*(f"never happened: {what}" for what in lacking))
    _print("", f"{disagreements} disagreements in {time.monotonic() - begun:.0f} s")
    return 1 if disagreements or lacking else 0


if __name__ == "__main__":
    sys.exit(main())
