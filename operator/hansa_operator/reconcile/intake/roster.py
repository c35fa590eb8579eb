"""Who may send, and which attempts are theirs: looked up anew a few times a second, however many heartbeats come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hansa_operator.api.provider import Provider
from hansa_operator.ports.intake import Assignment, IntakeRefused
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import AttemptRecord, JobRecord, ReceiptRecord
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache

FRESH_MS = 250
SILENCE_MS = 10_000
"""Shortest pause between two looks in which an attempt could begin and end unseen."""

OFFERED_MS = 900_000
"""How long an ended attempt without a final receipt is still assigned: its agent may have been away."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Pair an attempt with the job it is of."""

    job: JobRecord
    attempt: AttemptRecord

    @property
    def ref(self) -> ObjectRef:
        """Return the reference to the AIJob."""
        return ObjectRef("AIJob", self.job.namespace, self.job.name)

    @property
    def assignment(self) -> Assignment:
        """Return the terms that the agent signs for."""
        return Assignment(
            submission_id=self.attempt.submission_id,
            job_id=self.job.job_id,
            attempt=self.attempt.attempt,
            vault=self.job.vault,
            customer=self.job.customer,
            unit_price=self.attempt.unit_price,
            gpus=self.attempt.gpus,
            ended=not self.attempt.open,
        )


class Roster:
    """Know agents by their keys, as the cache has the Providers and the ledger the attempts."""

    def __init__(self, books: Books, cache: Cache, clock: Callable[[], int]) -> None:
        self._books, self._cache, self._clock = books, cache, clock
        self._providers: Mapping[str, list[str]] = {}
        self._assigned: Mapping[str, list[AttemptRecord]] = {}
        self._read_ms: int | None = None

    def provider_of(self, sender: str) -> str:
        """Return the name of the Provider whose agent this is; raises IntakeRefused 403."""
        self._refresh()
        match self._providers.get(sender.lower(), []):
            case [name]:
                return name
            case []:
                what = f"{sender} is the agentKey of no Provider: set spec.agentKey of yours, or ask an admin to"
                raise IntakeRefused(403, "UnknownAgent", what)
            case names:
                what = f"{sender} is the agentKey of {' and '.join(names)}: give each Provider's agent a key of its own"
                raise IntakeRefused(403, "AmbiguousAgent", what)

    def placement(self, sender: str, job_id: str, attempt: int) -> Placement:
        """Return one of the sender's own attempts; raises IntakeRefused 403 or 404."""
        found, job = self._books.attempt(job_id, attempt), self._books.job(job_id)
        if found is None or job is None:
            what = f"attempt {attempt} of {job_id} is not in the ledger: send what heartbeats are answered with"
            raise IntakeRefused(404, "NoSuchAttempt", what)
        if found.receipt_key != sender:
            what = f"attempt {attempt} of {job_id} is another key's: only the key it was placed with vouches for it"
            raise IntakeRefused(403, "NotYourAttempt", what)
        return Placement(job, found)

    def placements(self, sender: str) -> tuple[Placement, ...]:
        """Return the sender's attempts that are open, or ended a while ago without a final receipt."""
        self._refresh()
        paired = ((self._books.job(known.job_id), known) for known in self._assigned.get(sender, ()))
        return tuple(Placement(job, known) for job, known in paired if job is not None)

    def _refresh(self) -> None:
        now = self._clock()
        since = SILENCE_MS if self._read_ms is None else now - self._read_ms
        if 0 <= since < FRESH_MS:
            return
        self._providers = self._read_providers()
        self._assigned = self._read_assigned(self._candidates(since), now)
        self._read_ms = now

    def _read_providers(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for provider in self._cache.all(Provider):
            if provider.spec.agent_key:
                found[provider.spec.agent_key.lower()].append(provider.metadata.name)
        return dict(found)

    def _candidates(self, since_ms: int) -> Iterable[AttemptRecord]:
        if not 0 <= since_ms < SILENCE_MS:
            return self._books.all_attempts()
        known = (attempt for attempts in self._assigned.values() for attempt in attempts)
        seen = (self._books.attempt(attempt.job_id, attempt.attempt) for attempt in known)
        newest = {attempt.key: attempt for attempt in seen if attempt is not None}
        return (newest | {attempt.key: attempt for attempt in self._books.open_attempts()}).values()

    def _read_assigned(self, candidates: Iterable[AttemptRecord], now_ms: int) -> Mapping[str, list[AttemptRecord]]:
        found: defaultdict[str, list[AttemptRecord]] = defaultdict(list)
        for attempt in candidates:
            if attempt.ended_ms is None or (
                now_ms < attempt.ended_ms + OFFERED_MS and final_receipt(self._books, attempt) is None
            ):
                found[attempt.receipt_key].append(attempt)
        return dict(found)


def final_receipt(books: Books, attempt: AttemptRecord) -> ReceiptRecord | None:
    """Return the receipt that states the attempt's outcome, or None before it came."""
    mine = (known for known in books.receipts_of(attempt.job_id) if known.attempt == attempt.attempt)
    return next((known for known in mine if known.outcome), None)
