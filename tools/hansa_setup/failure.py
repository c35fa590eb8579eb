"""What a person meets when the set-up cannot go on, and how a program's output tells the cause."""

import re
from pathlib import Path

_NETWORK = re.compile(
    r"dial tcp|no such host|network is unreachable|name resolution|could not resolve|dns error|failed to resolve"
    r"|connection refused|connection reset|connection timed out|timed out|i/o timeout|ENOTFOUND|EAI_AGAIN"
    r"|ECONNREFUSED|ETIMEDOUT|NewConnectionError|error sending request|tcp connect error|proxyconnect",
    re.IGNORECASE,
)
_DISK = re.compile(r"no space left on device|ENOSPC|disk quota exceeded", re.IGNORECASE)
_INTEGRITY = re.compile(
    r"checksum mismatch|hash mismatch|EINTEGRITY|do not match the hashes|SECURITY ERROR", re.IGNORECASE
)


class SetupFailure(Exception):
    """Raised for every foreseeable cause; shown as one line: what happened, why, what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


def explain_failure(doing: str, output: str, log: Path) -> SetupFailure:
    """Return the failure of a program, from the end of what it printed."""
    if _DISK.search(output):
        return SetupFailure(f"{doing} failed: the disk is full.", "Free some space, and run it again.")
    if _INTEGRITY.search(output):
        return SetupFailure(
            f"{doing} failed: what was downloaded is not what the lock file pins.",
            f"Do not use it: find out what stands between this machine and the registry. Details: {log}",
        )
    if _NETWORK.search(output):
        return SetupFailure(
            f"{doing} failed: the network does not answer.",
            f"Connect this machine (or set HTTPS_PROXY), and run it again; what is done stays done. Details: {log}",
        )
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "it printed nothing")
    return SetupFailure(f"{doing} failed: {last[:300]}", f"Details: {log}")
