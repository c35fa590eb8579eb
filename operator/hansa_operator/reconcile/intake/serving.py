"""The port `Intake` over the ledger: who sends is checked here, and a store that fails is explained."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from hansa_operator.ports.intake import Assignment, Heartbeat, HubInfo, IntakeRefused, RunReport, SignedIou
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.store import Store, StoreError, StoreProblem
from hansa_operator.reconcile.intake.deliveries import Deliveries
from hansa_operator.reconcile.intake.hub import HubIdentity
from hansa_operator.reconcile.intake.keys import ReceiptKeys
from hansa_operator.reconcile.intake.metering import Meter
from hansa_operator.reconcile.intake.owed import Owed
from hansa_operator.reconcile.intake.reading import Reading
from hansa_operator.reconcile.intake.roster import Roster
from hansa_operator.reconcile.known.board import Beat, Board
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_protocol.eip712 import Receipt

log = structlog.get_logger(__name__)


class LedgerIntake:
    """Take what agents send into ledger and store; `changed` is told which object to look at because of it.

    `clock` returns the hub's unix ms. There is one intake for a ledger: it alone writes coverage, receipts and reports.
    """

    def __init__(
        self,
        *,
        store: Store,
        books: Books,
        board: Board,
        cache: Cache,
        hub: HubIdentity,
        keys: ReceiptKeys,
        clock: Callable[[], int],
        changed: Callable[[ObjectRef], None],
    ) -> None:
        self._hub, self._board, self._clock, self._changed = hub, board, clock, changed
        self._roster = Roster(books, cache, clock)
        self._owed = Owed(books, hub)
        self._meter = Meter(books, self._owed, hub, keys, clock)
        self._deliveries = Deliveries(store, books)
        self._reading = Reading(store, books, hub.key)

    def hub(self) -> HubInfo:
        """Return what agents sign for."""
        return self._hub.info

    async def heartbeat(self, sender: str, beat: Heartbeat) -> Sequence[Assignment]:
        """Witness a heartbeat and return the provider's open attempts."""
        provider = self._roster.provider_of(sender)
        if self._board.note(provider, Beat(self._clock(), beat.inventory)):
            self._changed(ObjectRef("Provider", "", provider))
        with _explained():
            await self._meter.witness(sender, beat.running)
        return [placement.assignment for placement in self._roster.placements(sender)]

    async def receipt(self, sender: str, receipt: Receipt, signature: bytes) -> None:
        """Keep a receipt if it supersedes the known one; older ones are acknowledged and dropped."""
        placement = self._roster.placement(sender, "0x" + receipt.job_id.hex(), receipt.attempt)
        with _explained():
            kept = await self._meter.receipt(placement, receipt, signature)
        if kept and receipt.outcome:
            self._changed(placement.ref)

    async def log(self, sender: str, job_id: str, attempt: int, offset: int, data: bytes) -> int:
        """Append to an attempt's log and return its size."""
        placement = self._roster.placement(sender, job_id, attempt)
        with _explained():
            return await self._deliveries.log(placement, offset, data)

    async def report(self, sender: str, job_id: str, attempt: int, report: RunReport) -> None:
        """Keep the runner's report."""
        placement = self._roster.placement(sender, job_id, attempt)
        with _explained():
            new = await self._deliveries.report(placement, report)
        if new:
            self._changed(placement.ref)

    async def result(self, sender: str, job_id: str, attempt: int, data: bytes) -> str:
        """Keep the zip of an attempt's outputs and return its sha256."""
        placement = self._roster.placement(sender, job_id, attempt)
        with _explained():
            return await self._deliveries.result(placement, data)

    async def ious(self, sender: str) -> Sequence[SignedIou]:
        """Return the latest IOUs that the hub signed for this payee."""
        return self._owed.ious(sender)

    async def read_log(self, job_id: str, attempt: int, key: str, offset: int, limit: int) -> tuple[bytes, bool]:
        """Return bytes for a reader who holds the log's key, and whether the log is complete."""
        with _explained():
            return await self._reading.log(job_id, attempt, key, offset, limit)

    async def read_result(self, job_id: str, attempt: int, key: str) -> bytes:
        """Return the zip of the outputs for a reader who holds its key."""
        with _explained():
            return await self._reading.result(job_id, attempt, key)

    async def read_batch(self, digest: str, key: str) -> bytes:
        """Return a batch file for a reader who holds its key."""
        with _explained():
            return await self._reading.batch(digest, key)


@contextmanager
def _explained() -> Iterator[None]:
    """Answer a store's failure as a refusal; only the hub's own log names its files."""
    try:
        yield
    except StoreError as failed:
        if failed.problem is StoreProblem.GAP:
            raise IntakeRefused(409, "LogGap", str(failed)) from failed
        log.error("store failed an agent or a reader", problem=failed.problem.value, why=str(failed))
        if failed.problem is StoreProblem.FULL:
            what = "the hub's store takes nothing now and its log says why: keep this and send it again later"
            raise IntakeRefused(503, "StoreFull", what) from failed
        what = "the hub's store is damaged and its log says where: ask again when it is repaired"
        raise IntakeRefused(503, "StoreCorrupt", what) from failed
