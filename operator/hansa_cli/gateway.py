"""Read logs from a hub's gateway, and tell in words why it does not give them."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit, urlunsplit

from hansa_cli.problem import ExitCode, Problem

CHUNK = 64 * 1024
MOST_WORDS = 4096
SILENCE_SECONDS = 3600


def log_address(uri: str, *, follow: bool, attempt: int | None) -> str:
    """Return the address to read: status.logs.uri with what is asked for added to its query."""
    scheme, host, path, query, _ = urlsplit(uri)
    if attempt is not None:
        path = f"{path.rsplit('/', 1)[0]}/{attempt}"
    asked = urlencode({"follow": "1"}) if follow else ""
    return urlunsplit((scheme, host, path, "&".join(filter(None, (query, asked))), ""))


def read_log(address: str) -> Iterator[bytes]:
    """Yield the log as it comes."""
    where = urlsplit(address)
    if where.scheme not in ("http", "https"):
        raise Problem(f"status.logs.uri is no web address: {address}", "ask the hub's admin", code=ExitCode.REFUSED)
    try:
        with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as answer:  # noqa: S310 -- checked above
            while chunk := answer.read1(CHUNK):
                yield chunk
    except urllib.error.HTTPError as refused:
        code = ExitCode.NOT_FOUND if refused.code == HTTPStatus.NOT_FOUND else ExitCode.REFUSED
        what, _, remedy = _told(refused).partition(": ")
        raise Problem(f"the gateway has no log for you: {what}", remedy or "try again", code=code) from refused
    except (OSError, HTTPException) as failed:
        remedy = "the hub's gateway must be reachable from here: ask its admin, or see `hansa up`"
        what = f"the gateway at {where.netloc} {_in_words(failed)}"
        raise Problem(what, remedy, code=ExitCode.UNREACHABLE) from failed


def _told(refused: urllib.error.HTTPError) -> str:
    """Return what the gateway says, or the status where something else answers in its place."""
    try:
        with refused:
            return str(json.loads(refused.read(MOST_WORDS))["message"])
    except (ValueError, KeyError, TypeError):
        return f"it answers with HTTP {refused.code} ({refused.reason})"


def _in_words(failed: Exception) -> str:
    cause = failed.reason if isinstance(failed, urllib.error.URLError) else failed
    match cause:
        case ConnectionRefusedError():
            return "has stopped: nobody listens there"
        case TimeoutError():
            return "does not answer in time"
        case socket.gaierror():
            return "cannot be found: its name is unknown here"
        case HTTPException() | ConnectionError():
            return "broke off in the middle"
        case _:
            return f"cannot be reached: {cause}"
