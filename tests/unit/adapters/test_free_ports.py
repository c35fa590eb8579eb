"""Free ports are nobody's yet, and stay so until they are used."""

import socket
from pathlib import Path

import pytest

from hansa_operator.adapters import free_ports as module
from hansa_operator.adapters.free_ports import free_ports

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_two_calls_return_the_same_port() -> None:
    found = [port for _ in range(50) for port in free_ports(4)]
    assert len(set(found)) == 200


def test_none_is_one_that_the_system_gives_to_connections() -> None:
    first, last = map(int, RANGE.read_text().split())
    if first < 30_000:
        pytest.skip("this machine gives away more ports than Linux does by itself")
    assert not [port for port in free_ports(20) if first <= port <= last]


def test_what_is_taken_is_left_out_and_nothing_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(module, "FIRST", taken.getsockname()[1])
        monkeypatch.setattr(module, "COUNT", 1)
        with pytest.raises(OSError, match="no free port from"):
            free_ports(1)
