"""Receipts: which of them the hub takes, and what of them it bills."""

from dataclasses import dataclass
from enum import Enum

from hansa_operator.core.metering.coverage import MAX_UNWITNESSED_MS, billable_gpu_milliseconds
from hansa_operator.ports.ledger import AttemptRecord, CoverageRecord, JobRecord, ReceiptRecord
from hansa_protocol.eip712 import Receipt, ReceiptOutcome
from hansa_protocol.units import Epoch, GpuMilliseconds, Wei, epoch_bounds_ms, provider_amount_down

CLOCK_SLACK_MS = 2_000
"""How far an agent's idea of the hub's time may be off."""


class Verdict(Enum):
    """Tell what becomes of a receipt that nothing is wrong with."""

    SUPERSEDES = "Supersedes"
    OLDER = "Older"


@dataclass(frozen=True, slots=True)
class Refused:
    """Tell why a receipt is not taken, as the agent is told: `status` is 425 when it may be sent again later."""

    status: int
    reason: str
    message: str


def check_receipt(
    receipt: Receipt,
    *,
    job: JobRecord,
    attempt: AttemptRecord,
    hub: str,
    epoch_seconds: int,
    now_ms: int,
    known: ReceiptRecord | None,
) -> Verdict | Refused:
    """Judge a receipt of this attempt; `known` is the one of its epoch in the ledger, `hub` the hub's address.

    Whether the receipt key signed it is not judged here.
    """
    wrong = (
        _wrong_parties(receipt, job, hub)
        or _wrong_times(receipt, attempt, epoch_seconds)
        or _wrong_use(receipt, attempt)
    )
    if wrong is not None:
        return wrong
    if known is not None and receipt.seq <= known.seq:
        return Verdict.OLDER
    untimely = _untimely(receipt, attempt, epoch_seconds, now_ms)
    return untimely or _falling(receipt, known) or Verdict.SUPERSEDES


def _wrong_parties(receipt: Receipt, job: JobRecord, hub: str) -> Refused | None:
    if (receipt.hub, receipt.vault, receipt.customer) == (hub, job.vault, job.customer):
        return None
    what = "the receipt names another hub, vault or customer than the job: sign the terms of its assignment"
    return Refused(409, "WrongParties", what)


def _wrong_times(receipt: Receipt, attempt: AttemptRecord, epoch_seconds: int) -> Refused | None:
    start, end = epoch_bounds_ms(Epoch(receipt.epoch), epoch_seconds)
    if not start <= receipt.from_ms < receipt.to_ms <= end:
        what = f"epoch {receipt.epoch} is [{start}, {end}) in unix ms: sign one receipt an epoch, for time within it"
        return Refused(409, "WrongInterval", what)
    if receipt.from_ms < attempt.placed_ms - CLOCK_SLACK_MS:
        what = f"the attempt was placed at {attempt.placed_ms} unix ms: only what ran after that is receipted"
        return Refused(409, "BeforePlacement", what)
    return None


def _wrong_use(receipt: Receipt, attempt: AttemptRecord) -> Refused | None:
    most = attempt.gpus * (receipt.to_ms - receipt.from_ms)
    if not 0 <= receipt.gpu_milliseconds <= most:
        what = f"{attempt.gpus} GPUs use at most {most} GPU-milliseconds in this time: sign no more than that"
        return Refused(409, "ImpossibleUse", what)
    amount = provider_amount_down(GpuMilliseconds(receipt.gpu_milliseconds), Wei(attempt.unit_price))
    if receipt.provider_amount != amount:
        what = f"at {attempt.unit_price} wei per GPU-hour this use earns {amount} wei: sign that amount"
        return Refused(409, "WrongAmount", what)
    if receipt.outcome not in tuple(ReceiptOutcome):
        return Refused(409, "UnknownOutcome", "an outcome is 0 running, 1 succeeded, 2 failed or 3 stopped")
    return None


def _untimely(receipt: Receipt, attempt: AttemptRecord, epoch_seconds: int, now_ms: int) -> Refused | None:
    if receipt.to_ms > now_ms + CLOCK_SLACK_MS:
        what = "the receipt is for time to come: take serverTimeMs of /v1/hub as the time, and send it then"
        return Refused(425, "InTheFuture", what)
    grace_ms = MAX_UNWITNESSED_MS + epoch_seconds * 1000
    if attempt.ended_ms is not None and now_ms > attempt.ended_ms + grace_ms:
        what = f"the attempt ended more than {grace_ms // 1000} s ago and is settled as it is known: drop the receipt"
        return Refused(410, "TooLate", what)
    return None


def _falling(receipt: Receipt, known: ReceiptRecord | None) -> Refused | None:
    if known is None:
        return None
    if known.outcome != ReceiptOutcome.RUNNING and receipt.outcome == ReceiptOutcome.RUNNING:
        what = f"receipt {known.seq} of this epoch was final: an attempt that is over does not run again"
        return Refused(409, "AlreadyFinal", what)
    rises = receipt.to_ms >= known.to_ms and receipt.gpu_milliseconds >= known.gpu_milliseconds
    if receipt.from_ms != known.from_ms or not rises:
        what = f"receipt {known.seq} of this epoch began elsewhere or said more: a later one begins alike and adds"
        return Refused(409, "FallingReceipt", what)
    return None


def build_receipt_record(
    receipt: Receipt,
    *,
    attempt: AttemptRecord,
    coverage: CoverageRecord,
    known: ReceiptRecord | None,
    digest: bytes,
    signature: bytes,
    now_ms: int,
) -> ReceiptRecord:
    """Return the record of a receipt that supersedes `known`; what is billable never falls."""
    witnessed = billable_gpu_milliseconds(
        claimed=receipt.gpu_milliseconds,
        gpus=attempt.gpus,
        from_ms=receipt.from_ms,
        to_ms=receipt.to_ms if attempt.ended_ms is None else min(receipt.to_ms, attempt.ended_ms),
        coverage=coverage,
    )
    return ReceiptRecord(
        job_id=attempt.job_id,
        attempt=attempt.attempt,
        epoch=receipt.epoch,
        seq=receipt.seq,
        from_ms=receipt.from_ms,
        to_ms=receipt.to_ms,
        gpu_milliseconds=receipt.gpu_milliseconds,
        provider_amount=receipt.provider_amount,
        outcome=int(receipt.outcome),
        result_digest="0x" + receipt.result_digest.hex(),
        signature="0x" + signature.hex(),
        digest="0x" + digest.hex(),
        accepted_ms=now_ms,
        billable_gpu_milliseconds=max(witnessed, known.billable_gpu_milliseconds if known else 0),
    )
