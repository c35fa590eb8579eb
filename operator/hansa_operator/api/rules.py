"""CEL rules of the schemas: each says which field is wrong and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Any

Rule = dict[str, str]
VALIDATIONS = "x-kubernetes-validations"


def rule(expression: str, message: str, *, field: str = "") -> Rule:
    """Return a rule; `field` is the path below the value that the message belongs to."""
    stated = {"rule": expression, "message": message}
    return {**stated, "fieldPath": f".{field}"} if field else stated


def rules(*stated: Rule | Iterable[Rule]) -> dict[str, Any]:
    """Return the schema's extension that holds these rules."""
    flat: list[Rule] = []
    for one in stated:
        if isinstance(one, dict):
            flat.append(one)
        else:
            flat.extend(one)
    return {VALIDATIONS: flat}


def immutable(remedies: Mapping[str, str]) -> list[Rule]:
    """Return rules that hold fields of `self` to what they were; keys are paths, values tell what to do instead."""
    return [
        rule(_unchanged(path), f"{path} cannot be changed: {remedy}", field=path) for path, remedy in remedies.items()
    ]


def within(low: int, high: int, what: str) -> dict[str, Any]:
    """Return the extension that bounds a number; unlike the schema's own bounds it tells what the number is."""
    return rules(rule(f"self >= {low} && self <= {high}", f"must be from {low} to {high}: {what}"))


def not_empty(remedy: str) -> dict[str, Any]:
    """Return the extension that refuses an empty text or list, and says what to write."""
    return rules(rule("size(self) > 0", f"must not be empty: {remedy}"))


def exactly_one(names: Iterable[str], message: str) -> Rule:
    """Return the rule that exactly one of these fields is set."""
    count = " + ".join(f"(has(self.{name}) ? 1 : 0)" for name in names)
    return rule(f"{count} == 1", message)


def _unchanged(path: str) -> str:
    was, now = f"oldSelf.{path}", f"self.{path}"
    there, known = _present("self", path), _present("oldSelf", path)
    return f"({there}) == ({known}) && (!({there}) || {now} == {was})"


def _present(root: str, path: str) -> str:
    parts = path.split(".")
    return " && ".join(f"has({root}.{'.'.join(parts[: depth + 1])})" for depth in range(len(parts)))
