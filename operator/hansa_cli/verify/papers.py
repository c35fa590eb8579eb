"""What a party has in its own drawer: the hub's IOUs, and the orders that it signed."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hansa_cli.cluster.yaml_reader import read_yaml, tell_fault
from hansa_cli.problem import ExitCode, Problem, first_fault
from hansa_jobs.wire import IouMessage, IousReply
from hansa_operator.api.aijob_parts import Order
from hansa_operator.api.hub import VaultRef
from hansa_operator.core.order.signed_order import SignedOrder, read_order
from hansa_protocol.batch import Batch
from hansa_protocol.eip712 import Iou, settlement_domain
from hansa_protocol.identity import parse_address

NO_ORDERS = Path("none")
"""Says in the place of a file that nothing was ordered; a file without orders may just be the wrong one."""
GATEWAY_IOUS = "GET /v1/ious of the hub's gateway answers with it"


def read_file(file: Path) -> bytes:
    """Return a file's bytes; raises Problem."""
    try:
        return file.read_bytes()
    except OSError as failed:
        what = f"cannot read {file}: {failed.strerror}"
        raise Problem(what, "give the path of a file", code=ExitCode.USAGE) from failed


def read_ious(file: Path) -> list[tuple[Iou, bytes]]:
    """Return the IOUs that the gateway answered with, each with its signature; raises Problem."""
    try:
        reply = IousReply.model_validate_json(read_file(file))
    except ValidationError as broken:
        what = f"{file} is no list of IOUs: {first_fault(broken)}"
        raise Problem(what, f"{GATEWAY_IOUS}: keep that answer as it is", code=ExitCode.USAGE) from broken
    return [(_iou(one), bytes.fromhex(one.signature[2:])) for one in reply.ious]


def read_orders(file: Path, batch: Batch, vault: VaultRef) -> dict[bytes, int]:
    """Return what each ordered job may cost, in wei by job id: of the batch's hub and vault alone; raises Problem."""
    stated = [] if file == NO_ORDERS else _stated(file)
    domain = settlement_domain(batch.chain_id, batch.settlement)
    read = (read_order(one, domain=domain, hub=batch.hub, vaults={batch.vault: vault}) for one in stated)
    return {one.digest: one.order.max_amount for one in read if isinstance(one, SignedOrder)}


def _stated(file: Path) -> list[Order]:
    remedy = f"give what `hansa order sign` printed, manifests or orders; if nothing was ordered: --orders {NO_ORDERS}"
    try:
        stated = [Order.model_validate(order) for order in _orders(read_yaml(read_file(file)))]
    except yaml.YAMLError as broken:
        raise Problem(f"{file} holds no orders: {tell_fault(broken)}", remedy, code=ExitCode.USAGE) from broken
    except ValidationError as broken:
        raise Problem(f"{file} holds no orders: {first_fault(broken)}", remedy, code=ExitCode.USAGE) from broken
    if not stated:
        raise Problem(f"{file} holds no order", remedy, code=ExitCode.USAGE)
    return stated


def _orders(documents: Iterable[Any]) -> Iterator[Any]:
    """Yield the orders among documents: of AIJobs, of lists of them, and those that stand alone."""
    for document in documents:
        if not isinstance(document, Mapping):
            continue
        items, spec = document.get("items"), document.get("spec")
        if document.get("kind") == "List" and isinstance(items, list):
            yield from _orders(items)
        elif document.get("kind") == "AIJob" and isinstance(spec, Mapping) and spec.get("order"):
            yield spec["order"]
        elif "specDigest" in document:
            yield document


def _iou(message: IouMessage) -> Iou:
    parties = (parse_address(message.hub), parse_address(message.vault))
    return Iou(*parties, message.epoch, parse_address(message.payee), message.seq, int(message.cumulative))
