"""`hansa submit`: apply manifests server-side, and tell what becomes of their jobs."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from hansa_cli.cluster.client import ApiRefused, Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS, explain, read_one
from hansa_cli.cluster.yaml_reader import read_yaml
from hansa_cli.job_view import is_over, is_refused, is_true, quote_line, reason_of
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT, Steps

ADMISSION_SECONDS = 60
LOOK_SECONDS = 0.5


def submit(source: str, *, namespace: str | None, wait: bool, timeout_seconds: int) -> None:
    """Apply the manifests, wait for each job's admission (or, with wait, its end)."""
    cluster = Cluster.current()
    manifests = read_manifests(source)
    jobs = [apply_one(cluster, manifest, namespace) for manifest in manifests]
    with Steps() as steps:
        for job in filter(None, jobs):
            _follow(cluster, job, steps, wait=wait, timeout_seconds=timeout_seconds)


def read_manifests(source: str) -> list[Manifest]:
    """Return the objects of a YAML or JSON file, or of standard input for `-`."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
        documents = [document for document in read_yaml(text) if document]
    except OSError as failed:
        remedy = "give the path of a manifest, or - for standard input"
        raise Problem(f"cannot read {source}: {failed.strerror or failed}", remedy, code=ExitCode.USAGE) from failed
    except yaml.YAMLError as broken:
        raise Problem(f"{source} is no valid YAML: {broken}", "correct the file", code=ExitCode.USAGE) from broken
    for document in documents:
        if not isinstance(document, dict) or not all(key in document for key in ("apiVersion", "kind", "metadata")):
            remedy = "every document needs apiVersion, kind and metadata.name"
            raise Problem(f"{source} holds something that is no Kubernetes object", remedy, code=ExitCode.USAGE)
    if not documents:
        raise Problem(f"{source} is empty", "give a file with an AIJob: see jobs/examples", code=ExitCode.USAGE)
    return documents


def apply_one(cluster: Cluster, manifest: Manifest, namespace: str | None) -> Manifest | None:
    """Apply an object; returns it when it is an AIJob."""
    name = f"{manifest['kind']} {manifest['metadata'].get('name')}"
    try:
        applied = cluster.apply(manifest, namespace)
    except ApiRefused as refused:
        raise _explain_refusal(refused, name) from refused
    OUT.print(f"applied {name} in {applied['metadata'].get('namespace', 'the cluster')}")
    return applied if manifest["kind"] == AIJOBS.kind else None


def _explain_refusal(refused: ApiRefused, name: str) -> Problem:
    if refused.status == 404 and "namespaces" in str(refused):
        return Problem(f"{name}: {refused}", "choose a namespace that exists with -n", code=ExitCode.NOT_FOUND)
    told = explain(refused)
    return Problem(f"{name} was refused: {told.what}", told.remedy, code=told.code)


def _follow(cluster: Cluster, job: Manifest, steps: Steps, *, wait: bool, timeout_seconds: int) -> None:
    name, namespace = job["metadata"]["name"], job["metadata"]["namespace"]
    look = _looker(cluster, namespace, name)
    with steps.step(f"admit-{name}", f"{name}: waiting for admission") as note:
        job = wait_until(look, lambda seen: is_true(seen, "Admitted") or is_refused(seen) or is_over(seen), note.say)
    reason, message = reason_of(job)
    if is_refused(job):
        raise Problem(f"{name} is refused: {reason}: {message}", "apply a new job", code=ExitCode.REFUSED)
    OUT.print(f"{name}: {quote_line(job) or reason}")
    if not wait:
        return
    with steps.step(f"run-{name}", f"{name}: running") as note:
        job = wait_until(look, lambda seen: is_over(seen) or is_refused(seen), note.say, seconds=timeout_seconds)
    reason, message = reason_of(job)
    if not is_true(job, "Complete"):
        raise Problem(f"{name} did not complete: {reason}: {message}", f"look at `hansa logs {name} -n {namespace}`")
    OUT.print(f"{name}: {reason}: {message}")


def _looker(cluster: Cluster, namespace: str, name: str) -> Callable[[], Manifest]:
    return lambda: read_one(cluster, AIJOBS, namespace, name)


def wait_until(
    look: Callable[[], Manifest],
    done: Callable[[Manifest], bool],
    say: Callable[[str], None],
    *,
    seconds: float = ADMISSION_SECONDS,
) -> Manifest:
    """Look until the object is as wanted; raises Problem with the last reason at the deadline."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        if done(seen):
            return seen
        reason, message = reason_of(seen)
        say(reason)
        if time.monotonic() >= until:
            what = (
                f"{seen['metadata']['name']} is not there after {seconds:.0f} s: {reason or 'no status yet'}: {message}"
            )
            raise Problem(what, "is the operator running? see `hansa get` and `hansa pool`")
        time.sleep(LOOK_SECONDS)
