"""Kubernetes timestamps to and from unix milliseconds."""

from datetime import UTC, datetime, timedelta

_START = datetime.fromtimestamp(0, UTC)


def rfc3339(at_ms: int) -> str:
    """Return the time as Kubernetes writes it, to the second, rounded down."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> int:
    """Return unix ms of a Kubernetes timestamp (with or without fractions)."""
    # In integers: as a float, a time with fractions may come out a millisecond short.
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - _START) // timedelta(milliseconds=1)
