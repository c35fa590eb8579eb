"""`hansa down`: stop everything that a sandbox runs, and remove its directory."""

from pathlib import Path

from hansa_cli.sandbox.closing import undisturbed
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.teardown import is_there, tear_down
from hansa_cli.screen import OUT, Steps


def stop_sandbox(given: Path | None) -> None:
    """Stop the sandbox in the chosen home; one that is not there is fine."""
    home = Home.chosen(given)
    if not is_there(home):
        OUT.print(f"no development environment in {home.root}")
        return
    with undisturbed(), Steps() as steps, steps.step("down", f"stopping what runs for {home.root}"):
        tear_down(home)
