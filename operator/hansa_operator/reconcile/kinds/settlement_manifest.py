"""The Settlement object of a sealed epoch: what was sealed, without slices, rows or names of jobs."""

from typing import Any

from hansa_operator.api.model import API_VERSION
from hansa_operator.api.settlement import BatchFile, SettlementPart, SettlementSpec, Totals
from hansa_operator.ports.kube import Manifest
from hansa_operator.ports.ledger import SealRecord
from hansa_operator.reconcile.world import Identity
from hansa_protocol.batch import Batch
from hansa_protocol.parts import Part
from hansa_protocol.rows import credit_tree, debit_tree
from hansa_protocol.units import format_amount


def build_settlement(hub: Identity, seal: SealRecord, batch: Batch, uri: str) -> Manifest:
    """Return the manifest; the same for the same seal. `uri` is where the batch file is handed out."""
    decimals = hub.vaults[batch.vault].decimals
    spec = SettlementSpec.model_validate(
        {
            "hub_ref": {"name": hub.name},
            "chain_id": batch.chain_id,
            "contract": batch.settlement,
            "vault": batch.vault,
            "epoch": batch.epoch,
            "slices": sum(len(part.leaves) for part in batch.parts),
            "parts": [_part(part, decimals) for part in batch.parts],
            "batch": BatchFile(uri=uri, sha256=seal.batch_digest, size_bytes=seal.batch_size),
        }
    )
    metadata: dict[str, Any] = {"name": seal.settlement_name}
    return {"apiVersion": API_VERSION, "kind": "Settlement", "metadata": metadata, "spec": spec.manifest()}


def _part(part: Part, decimals: int) -> SettlementPart:
    # What is taken is known only when it is posted; these are the rows as they were sealed.
    taken = [row.amount for row in part.debits]
    return SettlementPart(
        jobs_root="0x" + part.jobs_root.hex(),
        debit_root="0x" + debit_tree(part.debits, taken).root.hex(),
        credit_root="0x" + credit_tree(part.credits).root.hex(),
        totals=Totals(
            debits=format_amount(part.debit_total, decimals), credits=format_amount(part.credit_total, decimals)
        ),
    )
