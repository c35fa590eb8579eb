"""Read statuses as tests compare them."""

from hansa_operator.api.meta import Status
from hansa_operator.core.conditions import find_condition


def told(status: Status) -> dict[str, str]:
    """Return every condition as "Status/Reason"."""
    return {one.type: f"{one.status}/{one.reason}" for one in status.conditions}


def said(status: Status, kind: str) -> str:
    """Return a condition's message."""
    found = find_condition(status.conditions, kind)
    assert found is not None, f"{kind} is not among {told(status)}"
    return found.message


def since(status: Status, kind: str) -> str | None:
    """Return when a condition's status last changed."""
    found = find_condition(status.conditions, kind)
    assert found is not None, f"{kind} is not among {told(status)}"
    return found.last_transition_time
