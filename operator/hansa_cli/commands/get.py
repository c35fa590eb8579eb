"""`hansa get`: the jobs of a namespace, or of all."""

from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS, read_all, read_one
from hansa_cli.job_view import list_jobs, utc_now
from hansa_cli.listing import Format, print_listing, print_objects
from hansa_cli.screen import OUT


def get_jobs(names: list[str], *, namespace: str | None, everywhere: bool, form: Format) -> None:
    """Show the named jobs, or all of the namespace."""
    cluster = Cluster.current()
    scope = None if everywhere else namespace or cluster.access.namespace
    jobs = [read_one(cluster, AIJOBS, scope, name) for name in names] if names else read_all(cluster, AIJOBS, scope)
    if form is not Format.TABLE:
        print_objects(jobs, form)
    elif not jobs:
        OUT.print(f"no jobs in {f'namespace {scope}' if scope else 'any namespace'}")
    else:
        print_listing(list_jobs(jobs, utc_now(), with_namespace=everywhere))
