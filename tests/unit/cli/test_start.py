"""An interrupt ends `hansa` in one word from its first moment on, while it is still imported too."""

import subprocess
import sys

import pytest

IMPORTING = """
import os, signal, sys
from hansa_cli.start import run

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "hansa_cli.main":
            os.kill(os.getpid(), signal.{signal})

sys.meta_path.insert(0, Impatient())
run()
"""


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_while_it_is_imported_is_no_traceback(signal: str) -> None:
    argv = [sys.executable, "-c", IMPORTING.format(signal=signal)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "interrupted\n")
