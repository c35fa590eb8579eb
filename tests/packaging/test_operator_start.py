"""An operator that cannot start says in one line what to do, and ends."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

KOPF = (sys.executable, "-m", "kopf", "run", "--standalone", "--all-namespaces", "-m", "hansa_operator.main")


def start(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": os.environ["PATH"], "HANSA_HUB": "hansa", "HANSA_STORE": str(tmp_path), "HANSA_HEALTH_PORT": "0"}
    environment = {**known, "KUBECONFIG": str(tmp_path / "nowhere"), **settings}
    return subprocess.run(KOPF, env=environment, capture_output=True, text=True, timeout=180, check=False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"HANSA_HUB": ""}, "HANSA_HUB is not set: write an object's name"),
        ({"HANSA_GATEWAY_PORT": "many"}, "HANSA_GATEWAY_PORT is 'many': write a port"),
        ({}, "no usable kubeconfig"),
    ],
)
def test_what_a_person_can_mend_is_said_in_one_line(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    done = start(tmp_path, **settings)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert said in json.loads(line)["why"]


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start(tmp_path, HANSA_HEALTH_PORT=port)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr
