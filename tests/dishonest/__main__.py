"""Show a hub that cheats: it forges a row, charges a slice twice and invents a job, and loses its bond for each."""

import sys
import tempfile
import time
from pathlib import Path

from hansa_cli.listing import Listing, print_listing
from hansa_cli.main import unwind_when_interrupted
from hansa_cli.problem import ExitCode, Interrupted
from hansa_cli.screen import ERR, OUT, Steps
from hansa_cli.sheet import short
from hansa_protocol.units import Wei, format_amount
from tests.dishonest.cheats import CHEATS, PARTIES, Caught, play
from tests.dishonest.scene import CUSTOMER, PROVIDER, open_scene

ROLES = {CUSTOMER: "customer", PROVIDER: "provider"}
SENT = ("CHEAT", "CAUGHT BY", "SENT", "TRANSACTION")
MONEY = ("CHEAT", "BOND BEFORE", "BOND AFTER", "CUSTOMER", "PROVIDER", "THE HUB'S FRIEND")


def main() -> int:
    """Play every cheat on a chain of its own; returns 1 unless each one cost the hub a part of its bond."""
    started = time.monotonic()
    OUT.print("\nA dishonest hub: a customer and a provider have its files, the chain, and `hansa verify --send`.")
    with tempfile.TemporaryDirectory(prefix="hansa-dishonest-") as folder, open_scene(Path(folder)) as scene:
        caught = []
        with Steps() as steps:
            for number, cheat in enumerate(CHEATS):
                with steps.step(f"cheat-{number}", cheat):
                    caught.append(play(scene, cheat))
    print_listing(Listing("What was sent", SENT, tuple(row for one in caught for row in _sent(one))))
    print_listing(Listing("What it came to, in HANSA", MONEY, tuple(map(_money, caught)), frozenset(MONEY[1:])))
    free = [one.cheat for one in caught if one.bond_after >= one.bond_before]
    OUT.print(f"{len(caught) - len(free)} of {len(caught)} cheats cost the hub a part of its bond")
    OUT.print(f"took {time.monotonic() - started:.0f} s")
    return 1 if free else 0


def _sent(caught: Caught) -> list[tuple[str, ...]]:
    return [(caught.cheat, ROLES[name], call, short(tx_hash)) for name, call, tx_hash in caught.sent]


def _money(caught: Caught) -> tuple[str, ...]:
    gained = (caught.gained[name] for name in PARTIES)
    return (caught.cheat, *(format_amount(Wei(wei), 18) for wei in (caught.bond_before, caught.bond_after, *gained)))


def run() -> int:
    """Return the exit code; whatever interrupts it, the chain is stopped and its folder removed."""
    unwind_when_interrupted()
    try:
        return main()
    except Interrupted:
        ERR.print("interrupted")
        return ExitCode.INTERRUPTED


if __name__ == "__main__":
    sys.exit(run())
