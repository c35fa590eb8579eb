"""What the hub owes each payee by vault and epoch, and the IOUs over it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hansa_operator.ports.intake import SignedIou
from hansa_operator.ports.ledger import AttemptRecord, EntryState, JobRecord, ReceiptRecord
from hansa_operator.reconcile.intake.hub import HubIdentity
from hansa_operator.reconcile.known.books import Books
from hansa_protocol.eip712 import Iou
from hansa_protocol.identity import parse_address
from hansa_protocol.signing import sign
from hansa_protocol.units import Bps, GpuMilliseconds, Wei, provider_amount_down, royalty_down

NEWEST = 64


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Name whom a promise is for, and the batch that keeps it."""

    epoch: int
    vault: str
    payee: str


@dataclass(frozen=True, slots=True)
class _Promise:
    """State what one receipt adds to an IOU; `number` rises with every newer receipt."""

    place: Place
    number: int
    wei: int


class Owed:
    """Sum what payees are owed, from the jobs that they earn by.

    An IOU names the epoch whose batch pays it, or work could be claimed by one and paid by another: a sealed epoch's
    say what its batch says, those of later epochs what came in for them. Work that came when its own epoch was sealed
    has none until a batch holds it.
    """

    def __init__(self, books: Books, hub: HubIdentity) -> None:
        self._books, self._hub = books, hub
        self._jobs: defaultdict[str, set[str]] = defaultdict(set)
        self._payees: defaultdict[str, set[str]] = defaultdict(set)
        for job in books.active_jobs():
            for attempt in books.attempts_of(job.job_id):
                self.note(job, attempt)

    def note(self, job: JobRecord, attempt: AttemptRecord) -> None:
        """Remember who earns by a job."""
        self._payees[attempt.receipt_key].add(attempt.provider_address)
        for payee in filter(None, (attempt.provider_address, job.publisher)):
            self._jobs[payee].add(job.job_id)

    def ious(self, sender: str) -> tuple[SignedIou, ...]:
        """Return the newest IOUs, signed, for a provider's address, its receipt key, or a publisher's payout."""
        sums: defaultdict[Place, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for payee in {sender, *self._payees.get(sender, ())}:
            for promise in self._promises(payee):
                number, wei = sums[promise.place]
                sums[promise.place] = (number + promise.number, wei + promise.wei)
        newest = sorted(sums, key=lambda place: (-place.epoch, place))[:NEWEST]
        return tuple(self._sign(place, *sums[place]) for place in newest)

    def _promises(self, payee: str) -> Iterator[_Promise]:
        for job_id in tuple(self._jobs.get(payee, ())):
            job = self._books.job(job_id)
            if job is None or not self._books.is_active(job_id):
                self._jobs[payee].discard(job_id)
                continue
            yield from (promise for promise in self._of_job(job) if promise.place.payee == payee)

    def _of_job(self, job: JobRecord) -> Iterator[_Promise]:
        attempts = {one.attempt: one for one in self._books.attempts_of(job.job_id)}
        receipts = {(one.attempt, one.epoch): one for one in self._books.receipts_of(job.job_id)}
        first_open = self._books.first_open_epoch(job.vault)
        for receipt in receipts.values():
            if receipt.epoch >= first_open:
                shares = _earned(job, attempts[receipt.attempt], receipt.billable_gpu_milliseconds)
                yield from _promised(job.vault, receipt.epoch, receipt, shares)
        for entry in self._books.account_of(job.job_id).entries:
            if entry.state is EntryState.SEALED:
                receipt = receipts[entry.attempt, entry.receipt_epoch]
                shares = _shares(job, attempts[entry.attempt], entry.provider_amount, entry.royalty)
                yield from _promised(job.vault, entry.batch_epoch, receipt, shares)

    def _sign(self, place: Place, number: int, cumulative: int) -> SignedIou:
        vault, payee = parse_address(place.vault), parse_address(place.payee)
        iou = Iou(self._hub.address, vault, place.epoch, payee, number, cumulative)
        return SignedIou(iou, "0x" + sign(iou.digest(self._hub.domain), self._hub.key).hex())


def _promised(vault: str, epoch: int, receipt: ReceiptRecord, shares: Iterable[tuple[str, int]]) -> Iterator[_Promise]:
    return (_Promise(Place(epoch, vault, payee), receipt.seq + 1, wei) for payee, wei in shares)


def _earned(job: JobRecord, attempt: AttemptRecord, gpu_milliseconds: int) -> Iterator[tuple[str, int]]:
    amount = provider_amount_down(GpuMilliseconds(gpu_milliseconds), Wei(attempt.unit_price))
    return _shares(job, attempt, amount, royalty_down(amount, Bps(job.royalty_bps)) if job.publisher else 0)


def _shares(job: JobRecord, attempt: AttemptRecord, amount: int, royalty: int) -> Iterator[tuple[str, int]]:
    if job.publisher == attempt.provider_address:
        yield job.publisher, amount + royalty
        return
    yield attempt.provider_address, amount
    if job.publisher and job.royalty_bps:
        yield job.publisher, royalty
