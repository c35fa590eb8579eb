"""Put the steps in order, and turn failures into one line."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from types import FrameType

from hansa_setup.chain_tools import chain_tools_step
from hansa_setup.contracts import contracts_step
from hansa_setup.control_plane import control_plane_step
from hansa_setup.environment import environment_step
from hansa_setup.failure import SetupFailure
from hansa_setup.layout import Layout, this_clone
from hansa_setup.locking import hold
from hansa_setup.prerequisites import check_disk, check_folder, check_platform
from hansa_setup.progress import say
from hansa_setup.stamps import Step, do_step, is_done

PARTS: Mapping[str, Callable[[Layout], Step]] = {
    "environment": environment_step,
    "chain-tools": chain_tools_step,
    "contracts": contracts_step,
    "control-plane": lambda layout: control_plane_step(layout, os.environ),
}


def main(arguments: list[str]) -> int:
    """Set up the named parts, or all; return the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        print(f"setup: there is no part {unknown[0]}; parts are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        set_up(this_clone(), arguments or list(PARTS))
    except SetupFailure as failure:
        print(f"setup: {failure.what} {failure.remedy}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"setup: {error}. Mend this, and run it again; what is done stays done.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on from here", file=sys.stderr)
        return 130
    return 0


def set_up(layout: Layout, names: list[str]) -> None:
    """Do what is not done yet of the named parts."""
    with hold(layout.work / "lock", "in this clone"):
        todo = [step for step in (PARTS[name](layout) for name in names) if not is_done(step, layout.work)]
        if not todo:
            return
        check_platform()
        check_folder(layout.cache)
        check_disk((layout.root, layout.cache), sum(step.needed_bytes for step in todo))
        say(f"to do: {', '.join(step.title for step in todo)}; what is done stays done")
        for step in todo:
            do_step(step, layout.work)
        say("ready: `. .venv/bin/activate` puts hansa, kubectl, anvil and forge on PATH")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
