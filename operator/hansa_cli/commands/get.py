"""`hansa get`: the jobs of a namespace, or of all."""

from hansa_cli.cluster.client import NAMESPACES, ApiRefused, Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS, read_all, read_one
from hansa_cli.job_view import list_jobs, utc_now
from hansa_cli.listing import Format, print_listing, print_objects
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import OUT, busy


def get_jobs(names: list[str], *, namespace: str | None, everywhere: bool, form: Format) -> None:
    """Show the named jobs, or all of the namespace."""
    cluster = Cluster.current()
    scope = None if everywhere else namespace or cluster.access.namespace
    with busy("asking the Kubernetes API"):
        jobs = [read_one(cluster, AIJOBS, scope, name) for name in names] if names else read_all(cluster, AIJOBS, scope)
    if form is not Format.TABLE:
        print_objects(jobs, form)
    elif not jobs:
        with busy("asking the Kubernetes API"):
            _require_namespace(cluster, scope)
        OUT.print(f"no jobs in {f'namespace {scope}' if scope else 'any namespace'}")
    else:
        print_listing(list_jobs(jobs, utc_now(), with_namespace=everywhere, exact=bool(names)))


def _require_namespace(cluster: Cluster, name: str | None) -> None:
    """Say that a namespace is not there, as far as one may know; a list of what is in it would only be empty."""
    try:
        missing = name is not None and cluster.get(NAMESPACES, None, name) is None
    except ApiRefused:
        return
    if missing:
        raise Problem(f"there is no namespace {name}", "choose one that exists with -n", code=ExitCode.NOT_FOUND)
