"""What a person meets when something foreseeable goes wrong: one line that says what, why, and what to do."""

import errno
from enum import IntEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class ExitCode(IntEnum):
    """Tell scripts how a command ended; typer itself uses 2 for wrong arguments."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_FOUND = 4
    REFUSED = 5
    INTERRUPTED = 130


UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class Problem(Exception):
    """Raised for every foreseeable cause; shown without a traceback."""

    def __init__(self, what: str, remedy: str, *, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(f"{what}\n{remedy}")
        self.what = what
        self.remedy = remedy
        self.code = code


class Interrupted(BaseException):
    """Raised in the main thread by Ctrl-C, SIGTERM and SIGHUP."""


def first_fault(broken: "ValidationError") -> str:
    """Return the first field that is wrong, and why."""
    first = broken.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def passes(status: int) -> bool:
    """Return whether a server that answers with this HTTP status may answer otherwise in a moment."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def explain_machine(refused: OSError) -> Problem | None:
    """Return what a person can do when the machine gives no more of something, or None for what nobody foresaw."""
    if refused.errno in UNWRITABLE:
        return Problem(f"this machine could not write: {refused}", "free some space, then do it again")
    if refused.errno == errno.EADDRINUSE:
        remedy = "end some of the programs that listen here (`ss -ltn` lists their ports), then do it again"
        return Problem(f"this machine has no port left for a server: {refused.strerror}", remedy)
    return None
