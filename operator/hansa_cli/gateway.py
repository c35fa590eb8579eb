"""Read logs and results from a hub's gateway, and tell in words why it does not give them."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlencode, urlsplit, urlunsplit

from hansa_cli.problem import ExitCode, Problem, passes

CHUNK = 64 * 1024
MOST_WORDS = 4096
SILENCE_SECONDS = 120
REMEDY = "the hub's gateway must be reachable from here: ask its admin, or see `hansa up`"


class GatewaySilent(Problem):
    """Raised when an answer that has begun does not go on: nothing is printed, or the connection is dead."""


def log_address(uri: str, *, attempt: int | None = None, follow: bool = False, offset: int = 0) -> str:
    """Return the address to read: status.logs.uri with what is asked for added to its query."""
    scheme, host, path, query, _ = urlsplit(uri)
    if attempt is not None:
        path = f"{path.rsplit('/', 1)[0]}/{attempt}"
    asked = urlencode({"follow": "1", "offset": offset}) if follow else ""
    return urlunsplit((scheme, host, path, "&".join(filter(None, (query, asked))), ""))


def read_stream(address: str) -> Iterator[bytes]:
    """Yield b"" when the answer begins, then it as it comes; raises Problem, and GatewaySilent while nothing comes."""
    where = urlsplit(address)
    if where.scheme not in ("http", "https"):
        what = f"what the job's status names is no web address: {address}"
        raise Problem(what, "ask the hub's admin", code=ExitCode.REFUSED)
    try:
        with urllib.request.urlopen(address, timeout=SILENCE_SECONDS) as answer:  # noqa: S310 -- checked above
            yield b""
            yield from _read(answer)
    except urllib.error.HTTPError as refused:
        what, _, remedy = _told(refused).partition(": ")
        raise Problem(f"the gateway refuses: {what}", remedy or "try again", code=_code(refused)) from refused
    except (OSError, HTTPException) as failed:
        raise Problem(
            f"the gateway at {where.netloc} {_in_words(failed)}", REMEDY, code=ExitCode.UNREACHABLE
        ) from failed


def _read(answer: HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := answer.read1(CHUNK):
            yield chunk
    except TimeoutError as silent:
        what = f"the gateway has sent nothing for {SILENCE_SECONDS} s"
        raise GatewaySilent(what, REMEDY, code=ExitCode.UNREACHABLE) from silent


def _code(refused: urllib.error.HTTPError) -> ExitCode:
    if refused.code == HTTPStatus.NOT_FOUND:
        return ExitCode.NOT_FOUND
    return ExitCode.UNREACHABLE if passes(refused.code) else ExitCode.REFUSED


def _told(refused: urllib.error.HTTPError) -> str:
    """Return what the gateway says, or the status where something else answers in its place."""
    try:
        with refused:
            return str(json.loads(refused.read(MOST_WORDS))["message"])
    except (ValueError, KeyError, TypeError, OSError, HTTPException):
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
