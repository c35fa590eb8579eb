"""`hansa logs`: what a job printed, from the hub's gateway; followed while it runs."""

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit, urlunsplit

from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS, read_one
from hansa_cli.job_view import reason_of
from hansa_cli.problem import ExitCode, Problem

CHUNK = 64 * 1024
SILENCE_SECONDS = 3600


def show_logs(name: str, *, namespace: str | None, follow: bool, attempt: int | None) -> None:
    """Write a job's log to standard output."""
    cluster = Cluster.current()
    namespace = namespace or cluster.access.namespace
    job = read_one(cluster, AIJOBS, namespace, name)
    uri = ((job.get("status") or {}).get("logs") or {}).get("uri")
    if not uri:
        reason, message = reason_of(job)
        why = f"{reason}: {message}" if reason else "the operator has not looked at it yet"
        raise Problem(
            f"{name} has no log: it was not placed ({why})", "try again once it runs", code=ExitCode.NOT_FOUND
        )
    for chunk in read_log(log_address(uri, follow=follow, attempt=attempt)):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


def log_address(uri: str, *, follow: bool, attempt: int | None) -> str:
    """Return the address to read: status.logs.uri with what is asked for added to its query."""
    scheme, host, path, query, _ = urlsplit(uri)
    if attempt is not None:
        path = f"{path.rsplit('/', 1)[0]}/{attempt}"
    asked = urlencode({"follow": "1"}) if follow else ""
    return urlunsplit((scheme, host, path, "&".join(filter(None, (query, asked))), ""))


def read_log(address: str) -> Iterator[bytes]:
    """Yield the log as it comes."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise Problem(f"status.logs.uri is no web address: {address}", "ask the hub's admin", code=ExitCode.REFUSED)
    try:
        with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as answer:  # noqa: S310 -- checked above
            while chunk := answer.read1(CHUNK):
                yield chunk
    except urllib.error.HTTPError as refused:
        what = f"the gateway refused the log: {refused.read(500).decode(errors='replace')}"
        raise Problem(what, "the job may not have printed anything yet", code=ExitCode.NOT_FOUND) from refused
    except OSError as failed:
        where = urlsplit(address).netloc
        remedy = "the hub's gateway must be reachable from here: ask its admin, or see `hansa up`"
        raise Problem(
            f"the gateway at {where} does not answer: {failed}", remedy, code=ExitCode.UNREACHABLE
        ) from failed
