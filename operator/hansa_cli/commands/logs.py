"""`hansa logs`: what a job printed, from the hub's gateway; followed while it runs."""

import sys
from collections.abc import Iterator
from functools import partial

from hansa_cli.cluster.client import Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS, read_one
from hansa_cli.gateway import log_address, read_stream
from hansa_cli.job_log import explain_silence, log_uri
from hansa_cli.log_following import LogFollower
from hansa_cli.screen import ERR


def show_logs(name: str, *, namespace: str | None, follow: bool, attempt: int | None) -> None:
    """Write a job's log to standard output; one that is followed is waited for, and goes on in the next attempt."""
    cluster = Cluster.current()
    look = partial(read_one, cluster, AIJOBS, namespace or cluster.access.namespace, name)
    if follow:
        follower = LogFollower(look, _follow_from, _write, partial(ERR.print, markup=False))
        follower.follow() if attempt is None else follower.follow_one(attempt)
        return
    job = look()
    if not sum(map(_write, read_stream(log_address(log_uri(job, attempt), attempt=attempt)))):
        ERR.print(explain_silence(job, attempt), markup=False)


def _follow_from(job: Manifest, attempt: int, offset: int) -> Iterator[bytes]:
    return read_stream(log_address(log_uri(job, attempt), attempt=attempt, follow=True, offset=offset))


def _write(chunk: bytes) -> int:
    written = sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
    return written
