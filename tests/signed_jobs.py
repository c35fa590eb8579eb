"""Every field of a job's spec: what an order signs, with values that mean different things, and what it does not."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, get_args

from hypothesis import strategies as st
from pydantic import BaseModel

from hansa_operator.api.aijob import AIJobSpec


def _amount(units: int) -> str:
    whole, fraction = divmod(units, 10**18)
    return f"{whole}.{fraction:018d}"


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
amounts = st.integers(1, 10**24).map(_amount)
counts = st.integers(1, 10)
quantities = st.integers(1, 2**40)
uris = names.map(lambda name: f"https://host/{name}")
sets = st.sets(names, min_size=1, max_size=3).map(sorted)
lists = st.lists(words, min_size=1, max_size=3)
seconds = st.integers(1, 2_592_000)
ENV = "workload.env"

SIGNED: Mapping[str, st.SearchStrategy[Any]] = {
    "poolRef.name": names,
    "workload.entrypoint": lists,
    "workload.source.image": words,
    "workload.source.archive.sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    "workload.env.name": names.map(lambda name: [{"name": name, "value": ""}]),
    "workload.env.value": words.map(lambda word: [{"name": "A", "value": word}]),
    "workload.env.secretKeyRef.name": names.map(
        lambda name: [{"name": "A", "secretKeyRef": {"name": name, "key": "k"}}]
    ),
    "workload.env.secretKeyRef.key": names.map(lambda key: [{"name": "A", "secretKeyRef": {"name": "s", "key": key}}]),
    "workload.runtimeEnv.pip": lists,
    "workload.runtimeEnv.pyModules": st.lists(uris, min_size=1, max_size=3),
    "resources.gpus": counts,
    "resources.gpuModels": sets,
    "resources.gpuMemory": quantities,
    "resources.cpu": quantities,
    "resources.memory": quantities,
    "parallelism": st.integers(2, 256),
    "placement.providerSelector": st.dictionaries(names, names, min_size=1, max_size=3),
    "placement.trust": st.sampled_from(["Bonded", "Attested", "Listed"]),
    "placement.regions": sets,
    "budget.maxAmount": amounts,
    "budget.maxUnitPrice": amounts,
    "scheduling.retries": counts,
    "scheduling.startDeadlineSeconds": seconds,
    "scheduling.activeDeadlineSeconds": seconds,
    "outputs.uri": uris,
    "outputs.secretRef.name": names,
    "outputs.maxBytes": st.integers(1, 2**40),
    "verification.mode": st.sampled_from(["Sampled", "None"]),
    "verification.verifier": words,
}
"""Signed fields, with values no two of which mean the same."""

NEEDED = ("poolRef.name", "workload.entrypoint", "resources.gpus", "budget.maxAmount")
BY_CONTENT = ("serviceRef.name", "serviceRef.digest", "serviceRef.args", "workload.source.configMapRef.name")
"""Signed as what they lead to: the product's content digest and what it runs, the ConfigMap's files."""
UNSIGNED: Mapping[str, Any] = {
    "creditLineRef.name": "other",
    "workload.source.archive.uri": "https://mirror/code.zip",
    "scheduling.queue": "other",
    "scheduling.priority": 7,
    "idempotencyKey": "other",
    "suspend": True,
    "ttlSecondsAfterFinished": 60,
}
"""Fields that may be another than when the order was signed, with such a value; `order` is one of them."""


def paths(model: type[BaseModel] = AIJobSpec, above: str = "") -> Iterator[str]:
    """Yield the path of every field of a spec that has no fields of its own."""
    for field in model.model_fields.values():
        below = next(filter(_is_model, _types(field.annotation)), None)
        path = f"{above}{field.alias}"
        yield from paths(below, f"{path}.") if below is not None else (path,)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def put(spec: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a spec with a field set; variables are one field."""
    made = deepcopy(dict(spec))
    *way, last = (ENV if path.startswith(ENV) else path).split(".")
    target = made
    for name in way:
        target = target.setdefault(name, {})
    target[last] = value
    if path == "workload.source.archive.sha256":
        target.setdefault("uri", "https://host/code.zip")
    if path == "verification.verifier":
        target.setdefault("mode", "Sampled")
    return made


@st.composite
def specs(draw: st.DrawFn, without: str = "") -> dict[str, Any]:
    """Draw a spec with some of the signed fields, and not with one of them."""
    made: dict[str, Any] = {"creditLineRef": {"name": "line"}}
    chosen = draw(st.sets(st.sampled_from(sorted(SIGNED))))
    lacking = {path for path in SIGNED if path.startswith(ENV)} if without.startswith(ENV) else {without}
    for path in sorted((chosen | set(NEEDED)) - lacking):
        made = put(made, path, draw(SIGNED[path]))
    return made
