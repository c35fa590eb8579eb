"""Meter attempts: heartbeats become witnessed time, receipts become what is billed; both durable before the answer."""

import asyncio
from collections.abc import Callable, Sequence

from hansa_operator.core.metering.coverage import witness
from hansa_operator.core.metering.receipts import Refused, Verdict, build_receipt_record, check_receipt
from hansa_operator.ports.intake import IntakeRefused, RunningClaim
from hansa_operator.ports.ledger import AttemptRecord, ReceiptRecord
from hansa_operator.reconcile.intake.hub import HubIdentity
from hansa_operator.reconcile.intake.keys import ReceiptKeys
from hansa_operator.reconcile.intake.owed import Owed
from hansa_operator.reconcile.intake.roster import Placement
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.turns import Turns
from hansa_protocol.eip712 import Receipt
from hansa_protocol.signing import SignatureError, recover

WRITES = 16
"""How many attempts' coverage is written at a time."""


class Meter:
    """Write coverage and receipts; nobody else does."""

    def __init__(self, books: Books, owed: Owed, hub: HubIdentity, keys: ReceiptKeys, clock: Callable[[], int]) -> None:
        self._books, self._owed, self._hub, self._keys, self._clock = books, owed, hub, keys, clock
        self._turns = Turns()
        self._writes = asyncio.Semaphore(WRITES)

    async def witness(self, sender: str, claims: Sequence[RunningClaim]) -> None:
        """Cover the time that a heartbeat of the sender's agent claims; what is not its attempt is left out."""
        now = self._clock()
        found = ((self._books.attempt_of(claim.submission_id), claim) for claim in claims)
        mine = [(attempt, claim) for attempt, claim in found if attempt is not None and attempt.receipt_key == sender]
        await asyncio.gather(*(self._cover(attempt, claim, now) for attempt, claim in mine))

    async def _cover(self, attempt: AttemptRecord, claim: RunningClaim, now_ms: int) -> None:
        async with self._turns.of(attempt.key), self._writes:
            known = self._books.coverage_of(attempt.job_id, attempt.attempt)
            span = (claim.from_ms, claim.to_ms)
            covered = witness(known, span, opened_ms=attempt.placed_ms, closed_ms=attempt.ended_ms, now_ms=now_ms)
            if covered != known:
                await self._books.ledger.coverage.put(covered.key, covered)

    async def receipt(self, placement: Placement, receipt: Receipt, signature: bytes) -> bool:
        """Keep a receipt if it supersedes the known one; returns whether it did. Raises IntakeRefused."""
        async with self._turns.of(placement.attempt.key):
            known = self._known(placement.attempt, receipt.epoch)
            now = self._clock()
            verdict = self._judge(placement, receipt, known, now)
            digest = await self._signed_digest(placement, receipt, signature)
            if verdict is Verdict.OLDER:
                return False
            record = build_receipt_record(
                receipt,
                attempt=placement.attempt,
                coverage=self._books.coverage_of(placement.job.job_id, placement.attempt.attempt),
                known=known,
                digest=digest,
                signature=signature,
                now_ms=now,
            )
            await self._books.put_receipt(record)
            self._owed.note(placement.job, placement.attempt)
            return True

    def _known(self, attempt: AttemptRecord, epoch: int) -> ReceiptRecord | None:
        receipts = self._books.receipts_of(attempt.job_id)
        return next((known for known in receipts if (known.attempt, known.epoch) == (attempt.attempt, epoch)), None)

    def _judge(self, placement: Placement, receipt: Receipt, known: ReceiptRecord | None, now_ms: int) -> Verdict:
        verdict = check_receipt(
            receipt,
            job=placement.job,
            attempt=placement.attempt,
            hub=self._hub.address,
            epoch_seconds=self._hub.epoch_seconds,
            now_ms=now_ms,
            known=known,
        )
        if isinstance(verdict, Refused):
            raise IntakeRefused(verdict.status, verdict.reason, verdict.message)
        return verdict

    async def _signed_digest(self, placement: Placement, receipt: Receipt, signature: bytes) -> bytes:
        attempt, digest = placement.attempt, receipt.digest(self._hub.domain)
        try:
            signer = recover(digest, signature)
        except SignatureError as broken:
            raise IntakeRefused(401, "BadSignature", f"the receipt's signature: {broken}") from None
        if signer != attempt.receipt_key:
            what = f"the receipt is signed by {signer}, not by {attempt.receipt_key}: sign what is sent, for this hub"
            raise IntakeRefused(401, "BadSignature", what)
        await self._keys.check(attempt.provider_address, placement.job.vault, receipt.epoch, signer)
        return digest
