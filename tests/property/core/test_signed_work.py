"""What an order signs: every change that means something is seen, and no other one."""

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.aijob import AIJobSpec
from hansa_operator.core.order.signed_work import Work
from tests.signed_jobs import NEEDED, SIGNED, UNSIGNED, put, specs

files = st.dictionaries(st.sampled_from(["a.py", "b.py", "c.txt"]), st.binary(max_size=8))


def digest(spec: dict[str, Any], files: dict[str, bytes] | None = None) -> bytes:
    return Work(AIJobSpec.model_validate(spec), files=files).digest()


@given(specs(), st.sampled_from(sorted(SIGNED)), st.data())
def test_any_change_of_a_signed_field_is_another_digest(spec: dict[str, Any], path: str, data: st.DataObject) -> None:
    first, second = data.draw(st.lists(SIGNED[path], min_size=2, max_size=2, unique_by=repr))
    assert digest(put(spec, path, first)) != digest(put(spec, path, second))


@given(st.sampled_from(sorted(set(SIGNED) - {*NEEDED, "verification.mode"})), st.data())
def test_a_signed_field_that_is_added_is_another_digest(path: str, data: st.DataObject) -> None:
    bare = data.draw(specs(without=path))
    assert digest(bare) != digest(put(bare, path, data.draw(SIGNED[path])))


@given(specs(), files, files)
def test_other_files_are_another_digest(spec: dict[str, Any], one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (digest(spec, one) == digest(spec, other)) == (one == other)


@given(specs(), st.sampled_from(sorted(UNSIGNED)))
def test_a_field_that_is_not_signed_may_be_another(spec: dict[str, Any], path: str) -> None:
    spec = put(spec, "workload.source.archive.sha256", "ab" * 32)
    assert digest(spec) == digest(put(spec, path, UNSIGNED[path]))


def shuffled(draw: st.DrawFn, value: Any) -> Any:
    """Return the same JSON with its keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(draw, value[key]) for key in draw(st.permutations(sorted(value)))}
    return [shuffled(draw, one) for one in value] if isinstance(value, list) else value


@given(specs(), st.data())
def test_writing_it_down_once_more_changes_nothing(spec: dict[str, Any], data: st.DataObject) -> None:
    signed = digest(spec)
    assert digest(json.loads(json.dumps(spec))) == signed
    assert digest(yaml.safe_load(yaml.safe_dump(spec))) == signed
    assert digest(AIJobSpec.model_validate(spec).manifest()) == signed
    assert digest(shuffled(data.draw, spec)) == signed


DEFAULTS = {
    "parallelism": 1,
    "scheduling": {"retries": 0},
    "placement": {"regions": [], "providerSelector": {}},
    "outputs": {},
    "verification": {"mode": "Sampled"},
    "suspend": False,
}


@given(specs())
def test_writing_defaults_out_changes_nothing(spec: dict[str, Any]) -> None:
    merged = {**DEFAULTS, **spec}
    for name in ("scheduling", "placement", "verification"):
        merged[name] = {**DEFAULTS[name], **spec.get(name, {})}
    assert digest(merged) == digest(spec)
