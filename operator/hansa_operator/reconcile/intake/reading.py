"""Logs, results and batch files for whoever holds their reader key."""

from hansa_operator.core.readers import opens
from hansa_operator.ports.intake import IntakeRefused
from hansa_operator.ports.ledger import AttemptRecord
from hansa_operator.ports.store import Store
from hansa_operator.reconcile.known.books import Books


class Reading:
    """Read what deliveries left."""

    def __init__(self, store: Store, books: Books, hub_key: bytes) -> None:
        self._store, self._books, self._hub_key = store, books, hub_key

    async def log(self, job_id: str, attempt: int, key: str, offset: int, limit: int) -> tuple[bytes, bool]:
        """Return bytes of a log, and whether it is complete; raises IntakeRefused 403 or 404."""
        found = self._attempt(job_id, attempt, key)
        # Before the bytes: what is complete now does not grow after they are read.
        complete = not found.open or self._books.ledger.reports.get(found.key) is not None
        return await self._store.logs.read(job_id, attempt, offset, limit), complete

    async def result(self, job_id: str, attempt: int, key: str) -> bytes:
        """Return the zip of an attempt's outputs; raises IntakeRefused 403, or 404 with why there is none."""
        found = self._attempt(job_id, attempt, key)
        report = self._books.ledger.reports.get(found.key)
        if report is not None and report.result_blob:
            return await self._store.blobs.get(report.result_blob)
        if report is None and found.open:
            raise IntakeRefused(404, "StillRunning", f"attempt {attempt} still runs: ask again when it has ended")
        if report is not None and report.result_bytes:
            what = f"the outputs of attempt {attempt} have not come: ask again in a minute, they are sent last"
            raise IntakeRefused(404, "NotHereYet", what)
        what = f"attempt {attempt} left no outputs: a program writes what it wants to keep to HANSA_OUTPUT_DIR"
        raise IntakeRefused(404, "NoOutputs", what)

    async def batch(self, digest: str, key: str) -> bytes:
        """Return a sealed batch's file; raises IntakeRefused 403 or 404."""
        if not opens(self._hub_key, digest, key):
            what = "the key does not open this batch: take the whole URI of spec.batch of its Settlement"
            raise IntakeRefused(403, "WrongKey", what)
        if all(seal.batch_digest != digest for seal in self._books.seals()):
            raise IntakeRefused(404, "NoSuchBatch", f"this hub has sealed no batch with sha256 {digest}")
        return await self._store.blobs.get(digest)

    def _attempt(self, job_id: str, attempt: int, key: str) -> AttemptRecord:
        if not opens(self._hub_key, job_id, key):
            what = "the key does not open this job: take the whole URI of status.logs or status.result of the AIJob"
            raise IntakeRefused(403, "WrongKey", what)
        found = self._books.attempt(job_id, attempt)
        if found is None:
            raise IntakeRefused(404, "NoSuchAttempt", f"the job has no attempt {attempt}: status.attempts counts them")
        return found
