"""`hansa submit`: apply manifests server-side, and tell what becomes of their jobs."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hansa_cli.cluster.client import ApiRefused, Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS, explain, read_one
from hansa_cli.following import Patience, tell_admission, tell_end, watch_admission, watch_end
from hansa_cli.job_view import is_over
from hansa_cli.manifest_files import read_manifests
from hansa_cli.problem import ExitCode, Interrupted, Problem
from hansa_cli.screen import ERR, OUT, Steps, show_problem

PATIENCE = Patience()


def submit(
    source: str, *, namespace: str | None, wait: bool, timeout_seconds: float, patience: Patience = PATIENCE
) -> None:
    """Apply the manifests and tell of each job whether it may run; with wait also its end."""
    since = time.monotonic()
    manifests = read_manifests(source)
    cluster = Cluster.current()
    problems: list[Problem] = []
    applied = _each(manifests, lambda manifest: apply_one(cluster, manifest, namespace), problems)
    jobs = [one for one in applied if one["kind"] == AIJOBS.kind]
    with Steps() as steps:
        follower = _Follower(cluster, steps, patience, since, since + timeout_seconds)
        jobs = _each(jobs, follower.admission, problems)
        if wait:
            _wait([job for job in jobs if not is_over(job)], follower, problems)
    _raise(problems)


def _each(things: Iterable[Manifest], work: Callable[[Manifest], Manifest], problems: list[Problem]) -> list[Manifest]:
    """Return what the work makes of each; what goes wrong with one is kept, and hides no other."""
    done = []
    for thing in things:
        try:
            done.append(work(thing))
        except Problem as problem:
            problems.append(problem)
            if problem.code is ExitCode.UNREACHABLE:
                break
    return done


def _wait(jobs: list[Manifest], follower: "_Follower", problems: list[Problem]) -> None:
    try:
        _each(jobs, follower.end, problems)
    except Interrupted:
        for name, where in ((job["metadata"]["name"], job["metadata"]["namespace"]) for job in jobs):
            ERR.print(f"{name} goes on by itself; to stop it: kubectl delete aijob {name} -n {where}", markup=False)
        raise


def _raise(problems: list[Problem]) -> None:
    """Raise the gravest, after all others were shown."""
    if problems:
        *others, gravest = sorted(problems, key=lambda problem: problem.code)
        for other in others:
            show_problem(other)
        raise gravest


def apply_one(cluster: Cluster, manifest: Manifest, namespace: str | None) -> Manifest:
    """Apply an object and return it as the API server has it."""
    if not manifest["metadata"].get("name"):
        what = f"{manifest['kind']} without metadata.name cannot be applied"
        raise Problem(what, "give each object a name, and a document of its own", code=ExitCode.USAGE)
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    try:
        applied = cluster.apply(manifest, namespace)
    except ApiRefused as refused:
        raise _explain_refusal(refused, name) from refused
    OUT.print(f"applied {name} in {applied['metadata'].get('namespace', 'the cluster')}", markup=False)
    return applied


def _explain_refusal(refused: ApiRefused, name: str) -> Problem:
    if refused.status == 404 and "namespaces" in str(refused):
        return Problem(f"{name}: {refused}", "choose a namespace that exists with -n", code=ExitCode.NOT_FOUND)
    told = explain(refused)
    return Problem(f"{name} was refused: {told.what}", told.remedy, code=told.code)


@dataclass(frozen=True, slots=True)
class _Follower:
    """Follow jobs one after the other; one deadline holds for all of them."""

    cluster: Cluster
    steps: Steps
    patience: Patience
    since: float
    until: float

    def admission(self, job: Manifest) -> Manifest:
        name = job["metadata"]["name"]
        with self.steps.step(f"admit-{name}", f"{name}: admission") as note:
            seen = watch_admission(self._look(job), note.say, self.patience, since=self.since, until=self.until)
            told = tell_admission(seen)
        OUT.print(told, markup=False)
        return seen

    def end(self, job: Manifest) -> Manifest:
        name = job["metadata"]["name"]
        with self.steps.step(f"run-{name}", f"{name}: running") as note:
            seen = watch_end(self._look(job), note.say, until=self.until)
            told = tell_end(seen)
        OUT.print(told, markup=False)
        return seen

    def _look(self, job: Manifest) -> Callable[[], Manifest]:
        metadata = job["metadata"]
        return lambda: read_one(self.cluster, AIJOBS, metadata["namespace"], metadata["name"])
