"""`hansa order`: sign jobs for a credit line that asks for orders, and show what is signed."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hansa_cli.cluster.client import Manifest
from hansa_cli.cluster.hansa_kinds import AIJOBS
from hansa_cli.listing import PlainFormat, print_documents
from hansa_cli.orders.parties import Parties, Typed, find_parties
from hansa_cli.orders.shelf import Shelf, read_objects
from hansa_cli.orders.signing import Terms, sign_order
from hansa_cli.orders.work import resolve
from hansa_cli.private_key import read_key
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import ERR
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.order.signed_order import SignedOrder, state_order
from hansa_operator.core.order.signed_work import VERSION


@dataclass(frozen=True, slots=True)
class Sources:
    """Name the files of the jobs, and those with what they refer to; `namespace` is where the jobs are to run."""

    jobs: Sequence[str]
    references: Sequence[str] = ()
    namespace: str | None = None

    def read(self) -> tuple[tuple[Manifest, ...], Shelf]:
        """Return the objects of the jobs' files, and where to find what they refer to."""
        objects = read_objects(self.jobs)
        if not any(one["kind"] == AIJOBS.kind for one in objects):
            raise Problem(f"{', '.join(self.jobs)} holds no AIJob", "give a manifest with one", code=ExitCode.USAGE)
        return objects, Shelf((*objects, *read_objects(self.references)), self.namespace)


def sign_orders(
    sources: Sources, typed: Typed, terms: Terms, *, key_file: Path | None, form: PlainFormat, order_only: bool
) -> None:
    """Print the manifests with a signed order in each AIJob, or the orders alone."""
    objects, shelf = sources.read()
    key = read_key(key_file, "HANSA_ORDER_KEY")
    printed = []
    for one in objects:
        if one["kind"] == AIJOBS.kind:
            stated = _sign(one, shelf, typed, terms, key)
            printed.append(stated if order_only else _with_order(one, stated))
        elif not order_only:
            printed.append(one)
    print_documents(printed, form)


def _sign(manifest: Manifest, shelf: Shelf, typed: Typed, terms: Terms, key: bytes) -> dict[str, Any]:
    resolved = resolve(manifest, shelf)
    parties = find_parties(typed, resolved.job, shelf)
    signed = sign_order(resolved, parties, terms, key)
    stated = state_order(signed, decimals=parties.decimals).manifest()
    _tell(resolved.job.metadata.name, signed, parties, stated["maxAmount"])
    return stated


def _with_order(manifest: Manifest, stated: dict[str, Any]) -> Manifest:
    made = deepcopy(manifest)
    made["spec"]["order"] = stated
    return made


def _tell(name: str, signed: SignedOrder, parties: Parties, amount: str) -> None:
    until = rfc3339(signed.order.expires_at * 1000)
    ERR.print(
        f"{name}: {signed.signer} orders it for {parties.customer}, for at most {amount} tokens, until {until}; "
        f"job id {signed.job_id}",
        markup=False,
    )


def show_orders(sources: Sources, *, form: PlainFormat) -> None:
    """Print what an order of each AIJob signs, with its digest, and whether that is what its own order says."""
    objects, shelf = sources.read()
    print_documents([_show(one, shelf) for one in objects if one["kind"] == AIJOBS.kind], form)


def _show(manifest: Manifest, shelf: Shelf) -> dict[str, Any]:
    resolved = resolve(manifest, shelf)
    digest = "0x" + resolved.work.digest().hex()
    order = resolved.job.spec.order
    own = {} if order is None else {"ordered": order.spec_digest.lower() == digest and order.spec_version == VERSION}
    return {"job": resolved.job.metadata.name, "specDigest": digest, **own, "signed": resolved.work.listed()}
