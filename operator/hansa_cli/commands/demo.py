"""`hansa demo`: an environment, six jobs, and the proof that everybody was paid what the work was worth."""

import tempfile
import time
from pathlib import Path

from hansa_cli.commands.up import WARNING, ensure_sandbox
from hansa_cli.demo.play import play
from hansa_cli.problem import Problem
from hansa_cli.sandbox.closing import undisturbed
from hansa_cli.sandbox.home import Home, load_record
from hansa_cli.sandbox.teardown import is_there, tear_down
from hansa_cli.screen import OUT, Steps
from hansa_cli.verify.check import Check


def run_demo(given: Path | None, *, keep: bool) -> None:
    """Run the demonstration; raises Problem unless every check is true."""
    started = time.monotonic()
    home = Home(given.resolve() if given else Path(tempfile.mkdtemp(prefix="hansa-demo-")))
    _require_free(home)
    OUT.print(WARNING)
    try:
        record = ensure_sandbox(home)
        checks = play(home, record)
    except Exception as failed:
        _finish(home, keep=keep, failed=True)
        raise _with_place(failed, home) from failed
    except BaseException:
        _finish(home, keep=False, failed=False)
        raise
    false = [check for check in checks if not check.true]
    _finish(home, keep=keep, failed=bool(false))
    OUT.print(f"took {time.monotonic() - started:.0f} s")
    if false:
        raise _with_place(Problem(_failure(false), "look where it went wrong"), home)


def _require_free(home: Home) -> None:
    record = load_record(home)
    if record is not None and record.complete:
        remedy = "run `hansa down` there first, or give another --home"
        raise Problem(f"{home.root} holds an environment already", remedy)
    if is_there(home):
        with undisturbed():
            tear_down(home)


def _finish(home: Home, *, keep: bool, failed: bool) -> None:
    """Leave everything running, or stop it; what failed leaves its files for a look."""
    record = load_record(home)
    if keep and record is not None and record.complete:
        OUT.print(f"left running: export KUBECONFIG={record.kubeconfig}", markup=False)
        OUT.print(f"stop it with: hansa down --home {home.root}", markup=False)
        return
    with undisturbed(), Steps() as steps, steps.step("down", "stopping everything"):
        tear_down(home, keep_files=failed)


def _with_place(failed: Exception, home: Home) -> Exception:
    """Return what went wrong, with where its logs are if it came that far; what was not foreseen gets a note."""
    if not (home.root / "logs").is_dir():
        return failed
    place = f"all of it is kept in {home.root}, the logs in {home.root / 'logs'}"
    if isinstance(failed, Problem):
        return Problem(failed.what, f"{failed.remedy}; {place}", code=failed.code)
    failed.add_note(place)
    return failed


def _failure(false: list[Check]) -> str:
    return f"{len(false)} check(s) are not true, the first: {false[0].claim}: {false[0].seen}"
