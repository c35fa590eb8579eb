"""Conditions as other tools understand them: kept in order, with a transition time only when the status changes."""

from collections.abc import Iterable

from hansa_operator.api.meta import Condition


def set_condition(
    conditions: Iterable[Condition],
    kind: str,
    status: bool | None,
    reason: str,
    message: str,
    *,
    now: str,
    generation: int,
) -> tuple[Condition, ...]:
    """Return the conditions with `kind` set; `status` None means Unknown, `now` is RFC 3339."""
    text = {True: "True", False: "False", None: "Unknown"}[status]
    kept = {condition.type: condition for condition in conditions}
    before = kept.get(kind)
    since = before.last_transition_time if before is not None and before.status == text else now
    kept[kind] = Condition(
        type=kind,
        status=text,
        reason=reason,
        message=message,
        last_transition_time=since,
        observed_generation=generation,
    )
    return tuple(kept.values())


def drop_condition(conditions: Iterable[Condition], *kinds: str) -> tuple[Condition, ...]:
    """Return the conditions without those of these kinds."""
    return tuple(condition for condition in conditions if condition.type not in kinds)


def find_condition(conditions: Iterable[Condition], kind: str) -> Condition | None:
    """Return the condition of this kind, if there is one."""
    return next((condition for condition in conditions if condition.type == kind), None)


def is_true(conditions: Iterable[Condition], kind: str) -> bool:
    """Return whether the condition is there and True."""
    found = find_condition(conditions, kind)
    return found is not None and found.status == "True"
