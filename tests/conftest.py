"""Settings of every test. Fixtures that tests share lie in tests/fixtures, each file a plugin."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    f"tests.fixtures.{file.stem}" for file in sorted(Path(__file__).with_name("fixtures").glob("[!_]*.py"))
]

# Two busy cores make an example's duration say nothing; what fails is printed so that it can be run again.
settings.register_profile("hansa", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hansa")

# A shell that runs the tests in the background has them ignore interrupts, and so would all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What is shown in a terminal does not depend on the one in which the tests run.
os.environ["TERM"] = "xterm-256color"

# All servers are on loopback. So no client asks for all of the environment to find a proxy, in which pytest, in another
# thread, names the current test.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

LAST = [Path(__file__).parent / folder for folder in ("e2e/environment", "integration/operator")]
"""What is played here is played in whole environments: the first are taken down at once, the other stays to the end.

So of two halves that run side by side one begins with single servers, while clusters start in the other.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a folder together; the order of folders, and within one, stays random."""
    folders = dict.fromkeys(item.path.parent for item in items)
    last = {folder: number for number, folder in enumerate(LAST, start=1)}
    order = {folder: (last.get(folder, 0), number) for number, folder in enumerate(folders)}
    items.sort(key=lambda item: order[item.path.parent])
