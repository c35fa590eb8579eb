"""What the hub owes each payee by vault and epoch, and the IOUs over it."""

from collections import defaultdict
from collections.abc import Iterator

from hansa_operator.ports.intake import SignedIou
from hansa_operator.ports.ledger import AttemptRecord, JobRecord, ReceiptRecord, SealState
from hansa_operator.reconcile.books import Books
from hansa_operator.reconcile.intake.hub import HubIdentity
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import parse_address
from hansa_protocol.signing import sign
from hansa_protocol.units import Bps, GpuMilliseconds, Wei, provider_amount_down, royalty_down

NEWEST = 64

Place = tuple[str, int]
"""A vault and an epoch."""


class Owed:
    """Sum what is billable receipt by receipt, so that asking for IOUs never reads the whole ledger."""

    def __init__(self, books: Books, hub: HubIdentity) -> None:
        self._books, self._hub = books, hub
        self._sums: defaultdict[str, dict[Place, tuple[int, int]]] = defaultdict(dict)
        self._payees: defaultdict[str, set[str]] = defaultdict(set)
        for _, receipt in books.ledger.receipts.scan():
            job, attempt = books.job(receipt.job_id), books.attempt(receipt.job_id, receipt.attempt)
            if job is not None and attempt is not None:
                self.note(job, attempt, before=None, after=receipt)

    def note(
        self, job: JobRecord, attempt: AttemptRecord, *, before: ReceiptRecord | None, after: ReceiptRecord
    ) -> None:
        """Add what a receipt says more than the one before it; sums and numbers of IOUs only rise."""
        self._payees[attempt.receipt_key].add(attempt.provider_address)
        counted = before.seq + 1 if before else 0
        old = dict(_shares(job, attempt, before.billable_gpu_milliseconds if before else 0))
        for payee, wei in _shares(job, attempt, after.billable_gpu_milliseconds):
            seq, cumulative = self._sums[payee].get((job.vault, after.epoch), (0, 0))
            new = (seq + after.seq + 1 - counted, cumulative + wei - old[payee])
            self._sums[payee][(job.vault, after.epoch)] = new

    def ious(self, sender: str) -> tuple[SignedIou, ...]:
        """Return the newest IOUs, signed, for a provider's address, its receipt key, or a publisher's payout."""
        payees = {sender, *self._payees.get(sender, ())}
        open_places = [(place, payee) for payee in payees for place in self._sums.get(payee, ())]
        if not open_places:
            return ()
        settled = {(seal.vault, seal.epoch) for seal in self._books.seals() if seal.state is SealState.FINALIZED}
        due = [known for known in open_places if known[0] not in settled]
        newest = sorted(due, key=lambda known: (-known[0][1], known))[:NEWEST]
        return tuple(self._sign(place, payee) for place, payee in newest)

    def _sign(self, place: Place, payee: str) -> SignedIou:
        (vault, epoch), (seq, cumulative) = place, self._sums[payee][place]
        iou = Iou(self._hub.address, parse_address(vault), epoch, parse_address(payee), seq, cumulative)
        return SignedIou(iou, "0x" + sign(iou.digest(self._hub.domain), self._hub.key).hex())


def _shares(job: JobRecord, attempt: AttemptRecord, gpu_milliseconds: int) -> Iterator[tuple[str, int]]:
    amount = provider_amount_down(GpuMilliseconds(gpu_milliseconds), Wei(attempt.unit_price))
    royalty = royalty_down(amount, Bps(job.royalty_bps)) if job.publisher else 0
    if job.publisher == attempt.provider_address:
        yield job.publisher, amount + royalty
        return
    yield attempt.provider_address, amount
    if job.publisher and job.royalty_bps:
        yield job.publisher, royalty
