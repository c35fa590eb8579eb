"""Say for a node's agent where it will listen, before it does.

A raylet waits 15 s, whatever is set, for a file in which its agent tells the port; then it ends. On busy cores an agent
computes longer than that until it listens. The port was chosen here, so it is known before.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from hansa_operator.adapters.ray.local import processes
from hansa_operator.adapters.ray.local.processes import Process

_RAYLET = re.compile(r"/raylet\0.*?--node_id=(\w+)\0.*?--session_dir=([^\0]+)\0.*--listen-port=(\d+) ", re.DOTALL)


def tell_ports(found: Iterable[Process]) -> None:
    """Write the files that the raylets among these processes wait for; those that are there stay."""
    for one in found:
        raylet = _RAYLET.search(processes.command_line(one.pid))
        if raylet is not None:
            node, session, port = raylet.groups()
            _tell(Path(session) / f"dashboard_agent_listen_port_{node}", port)


def _tell(file: Path, port: str) -> None:
    if file.exists() or not file.parent.is_dir():
        return
    # Complete from the moment at which it is there.
    draft = file.with_suffix(".draft")
    draft.write_text(port)
    os.replace(draft, file)  # noqa: PTH105 - says what it does
