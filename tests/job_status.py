"""Statuses of AIJobs as tests write them."""

from typing import Any


def job_status(*conditions: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """Return a status with these conditions: type, status, reason; the message is made of the reason."""
    listed = [
        {"type": kind, "status": state, "reason": reason, "message": f"why {reason}"}
        for kind, state, reason in conditions
    ]
    return {"conditions": listed, **fields}
