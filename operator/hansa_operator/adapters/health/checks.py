"""Checks: what must hold for the operator to count as alive, or as ready."""

from collections.abc import Callable, Mapping

Check = Callable[[], str | None]
"""Tell what is wrong and why, or None when all is well; called at every probe, so it only looks at memory."""


def at_most(limit_seconds: float, age_seconds: Callable[[], float], what: str) -> Check:
    """Return the check that `what` is not older than a limit."""

    def check() -> str | None:
        age = age_seconds()
        return None if age <= limit_seconds else f"{what}: {age:.0f} s ago, the limit is {limit_seconds:.0f} s"

    return check


def failed_checks(checks: Mapping[str, Check]) -> dict[str, str]:
    """Return the reasons of the checks that fail, by name."""
    reasons = {name: check() for name, check in checks.items()}
    return {name: reason for name, reason in reasons.items() if reason is not None}
