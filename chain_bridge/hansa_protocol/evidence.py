"""Evidence: the signed receipts that the slices of a batch came from, as the batch's file carries them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hansa_protocol.batch_json import amount_of, bytes32_of, hex_of, whole
from hansa_protocol.eip712 import Domain, Receipt
from hansa_protocol.identity import Address, parse_address
from hansa_protocol.leaf import Leaf

RECEIPT_FIELDS = (
    "customer",
    "jobId",
    "attempt",
    "epoch",
    "seq",
    "fromMs",
    "toMs",
    "gpuMilliseconds",
    "providerAmount",
    "outcome",
    "resultDigest",
    "signature",
)


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """Pair a receipt with the 65 bytes that its provider's agent signed it with."""

    receipt: Receipt
    signature: bytes


def cited(receipts: Iterable[SignedReceipt], leaves: Iterable[Leaf], domain: Domain) -> tuple[SignedReceipt, ...]:
    """Return the receipts that leaves name by their digest, each once and in order of digest."""
    named = {leaf.receipt_digest for leaf in leaves}
    by_digest = {signed.receipt.digest(domain): signed for signed in receipts}
    return tuple(by_digest[digest] for digest in sorted(named & by_digest.keys()))


def receipt_to_json(signed: SignedReceipt) -> list[object]:
    """Return the values of RECEIPT_FIELDS; hub and vault are the batch's."""
    receipt = signed.receipt
    return [
        receipt.customer,
        hex_of(receipt.job_id),
        receipt.attempt,
        receipt.epoch,
        receipt.seq,
        receipt.from_ms,
        receipt.to_ms,
        receipt.gpu_milliseconds,
        str(receipt.provider_amount),
        receipt.outcome,
        hex_of(receipt.result_digest),
        hex_of(signed.signature),
    ]


def receipt_from_json(row: Sequence[Any], hub: Address, vault: Address) -> SignedReceipt:
    """Return the receipt of a line; raises ValueError or TypeError for anything else. The signature is not checked."""
    customer, job, attempt, epoch, seq, from_ms, to_ms, gpu_milliseconds, amount, outcome, result, signature = row
    receipt = Receipt(
        hub=hub,
        vault=vault,
        customer=parse_address(customer),
        job_id=bytes32_of(job),
        attempt=whole(attempt),
        epoch=whole(epoch),
        seq=whole(seq),
        from_ms=whole(from_ms),
        to_ms=whole(to_ms),
        gpu_milliseconds=whole(gpu_milliseconds),
        provider_amount=amount_of(amount),
        outcome=whole(outcome),
        result_digest=bytes32_of(result),
    )
    return SignedReceipt(receipt, bytes.fromhex(signature.removeprefix("0x")))
