"""Stop a sandbox for good: agents, operator and Ray first, then chain and control plane; then its directory goes."""

import shutil
from collections.abc import Callable

from hansa_cli.problem import Problem
from hansa_cli.sandbox.borrowed import remove_objects, remove_tenants
from hansa_cli.sandbox.cast import DEMO, Cast
from hansa_cli.sandbox.home import Home, Record, load_record
from hansa_cli.sandbox.kind import delete_kind_cluster
from hansa_cli.sandbox.leftovers import find, stop_all
from hansa_operator.adapters.ray.local.temp import backend_of, folders_of

LAST = ("etcd",)
"""What others lean on while they end."""


def is_there(home: Home) -> bool:
    """Return whether this home holds a sandbox, or something of it still runs."""
    return home.record.exists() or bool(find(home.root, None))


def tear_down(home: Home, *, keep_files: bool = False) -> None:
    """Stop everything; raises Problem that names what would not end."""
    record = load_record(home)
    borrowed = record if record is not None and not record.own_cluster and not record.kind_cluster else None
    try:
        if borrowed is not None:
            _clear(home, remove_tenants, borrowed)
    finally:
        stop_processes(home, record)
    if borrowed is not None:
        _clear(home, remove_objects, borrowed)
    if record is not None and record.kind_cluster:
        delete_kind_cluster(record.kind_cluster)
    if not keep_files:
        home.remove()


def _clear(home: Home, remove: Callable[[Record, Cast], None], record: Record) -> None:
    try:
        remove(record, DEMO)
    except Problem as problem:
        remedy = f"{problem.remedy}; then `hansa down` again; if that cluster is gone for good: rm -r {home.root}"
        what = f"the processes are stopped, but the borrowed cluster could not be cleared: {problem.what}"
        raise Problem(what, remedy, code=problem.code) from problem


def abandon(home: Home, record: Record) -> None:
    """Stop what a failed or interrupted start left; its files stay for a look."""
    stop_processes(home, record)
    if record.kind_cluster:
        delete_kind_cluster(record.kind_cluster)


def stop_processes(home: Home, record: Record | None) -> None:
    """Stop all processes of the sandbox, Ray's and the jobs' too."""
    left = stop_all(home.root, record.id if record else None, last=LAST)
    for folder in folders_of(backend_of(home.local)):
        shutil.rmtree(folder, ignore_errors=True)
    if left:
        raise Problem(f"these processes would not end: {'; '.join(left)}", "end them by their pid: kill -9 PID")
