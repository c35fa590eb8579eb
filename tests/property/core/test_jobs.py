"""The life of a job, whatever happens to it in whatever order: looked at again and again, and once lost from sight."""

from dataclasses import replace
from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.aijob import AIJobReason, AIJobStatus
from hansa_operator.core.clock import rfc3339
from hansa_operator.core.conditions import find_condition, is_true
from hansa_operator.core.job.end import BLIND_MS, DELETION_MS, RECEIPT_GRACE_MS, is_blind
from hansa_operator.core.job.life import decide_job
from hansa_operator.core.job.need import need_of
from hansa_operator.core.market.offers import eligible, has_room, within_bond
from hansa_operator.ports.ledger import AttemptRecord, Outcome
from hansa_operator.ports.ray import ClusterPhase
from tests.builders import EPOCH_MS, NOW, after, cluster, facts, receipt
from tests.strategies import jobs, markets, observations, referred, waits_ms

events = st.one_of(
    st.tuples(st.just("seen"), observations()),
    st.tuples(st.just("seen"), observations()),
    st.tuples(st.just("market"), st.tuples(markets, st.booleans())),
    st.tuples(st.just("referred"), referred),
    st.tuples(st.just("suspend"), st.booleans()),
    st.tuples(st.just("receipt"), st.tuples(st.integers(0, 3), st.integers(1, 9_000), st.integers(0, 3))),
    st.tuples(st.just("forgotten"), st.none()),
)
lives = st.lists(st.tuples(waits_ms, events), min_size=1, max_size=14)


class Life:
    """Carry a job from look to look, and hold each decision to what is promised."""

    def __init__(self, job):
        self.facts = facts(job=job)
        self.before = self.facts
        self.seen_ms = NOW

    def happen(self, wait_ms, event):
        self.facts = replace(self.facts, now_ms=self.facts.now_ms + wait_ms)
        name, value = event
        getattr(self, f"_{name}")(value)
        self.look()

    def look(self):
        attempt = self.facts.open_attempt
        if attempt is not None and not is_blind(self.facts, attempt):
            self.seen_ms = self.facts.now_ms
        decision = decide_job(self.facts)
        self._check(decision)
        self.before, self.facts = self.facts, self._follow(after(self.facts, decision))
        return decision

    def _follow(self, known):
        """Return the facts as they are seen: a new attempt has no cluster yet, and an ended one is not looked at."""
        attempt = known.open_attempt
        if attempt is None:
            return replace(known, cluster=None, ray=None)
        if attempt != self.facts.open_attempt and attempt.placed_ms == known.now_ms:
            self.seen_ms = known.now_ms
            return replace(known, cluster=cluster(ClusterPhase.ABSENT), ray=None)
        return known

    def _check(self, decision):
        holds_on_to_what_it_said(self.facts, decision.status)
        opens_one_attempt_at_a_time(self.facts, decision)
        places_where_it_may(self.facts, decision)
        loses_sight_for_long_enough(self.facts, decision, self.seen_ms)

    def delete(self):
        deleted_ms = self.facts.now_ms
        metadata = self.facts.job.metadata.model_copy(update={"deletion_timestamp": rfc3339(deleted_ms)})
        self.facts = replace(self.facts, job=self.facts.job.model_copy(update={"metadata": metadata}))
        return deleted_ms

    def _seen(self, seen):
        if self.facts.open_attempt is not None:
            self.facts = replace(self.facts, **seen)

    def _market(self, market):
        self.facts = replace(self.facts, offers=market[0], my_turn=market[1])

    def _referred(self, references):
        self.facts = replace(self.facts, references=references)

    def _suspend(self, suspend):
        job = self.facts.job
        generation = job.metadata.generation + 1
        metadata = job.metadata.model_copy(update={"generation": generation})
        spec = job.spec.model_copy(update={"suspend": suspend})
        self.facts = replace(self.facts, job=job.model_copy(update={"metadata": metadata, "spec": spec}))

    def _receipt(self, drawn):
        number, length_ms, outcome = drawn
        if number < len(self.facts.attempts):
            start_ms = self.facts.now_ms // EPOCH_MS * EPOCH_MS
            came = receipt(attempt=number, from_ms=start_ms, to_ms=start_ms + length_ms, outcome=outcome)
            others = (known for known in self.facts.receipts if known.key != came.key)
            self.facts = replace(self.facts, receipts=(*others, came))

    def _forgotten(self, _):
        """Lose the status that was decided last: the operator ended between the record and the write."""
        self.facts = replace(self.facts, job=self.before.job)


def holds_on_to_what_it_said(known, status):
    kinds = [one.type for one in status.conditions]
    assert len(kinds) == len(set(kinds)) <= 8
    assert not (is_true(status.conditions, "Complete") and is_true(status.conditions, "Failed"))
    assert status == AIJobStatus.model_validate(status.manifest())
    for one in status.conditions:
        assert one.reason in set(AIJobReason)
        assert one.message
        assert one.observed_generation
        earlier = find_condition(known.status.conditions, one.type)
        same = earlier is not None and earlier.status == one.status
        assert one.last_transition_time == (earlier.last_transition_time if same else rfc3339(known.now_ms))
    for kind in ("Complete", "Failed"):
        if is_true(known.status.conditions, kind):
            assert is_true(status.conditions, kind)


def opens_one_attempt_at_a_time(known, decision):
    attempts = after(known, decision).attempts
    assert [one.attempt for one in attempts] == list(range(len(attempts)))
    assert sum(one.open for one in attempts) <= 1
    failures = sum(one.outcome in (Outcome.FAILED, Outcome.LOST) for one in attempts)
    assert failures <= known.job.spec.retries + 1


def places_where_it_may(known, decision):
    for made in decision.records:
        if isinstance(made, AttemptRecord) and made.open and not any(one.key == made.key for one in known.attempts):
            assert known.my_turn
            assert not known.job.spec.suspend
            assert decision.finalizer
            need = need_of(known, vault=known.references.credit.vault)
            (taken,) = (one for one in eligible(known.offers, need) if one.provider == made.provider)
            assert has_room(taken, need)
            assert within_bond(taken, need)
            assert decision.reserved is not None
            assert decision.reserved <= known.references.credit.usable


def loses_sight_for_long_enough(known, decision, seen_ms):
    for made in decision.records:
        if isinstance(made, AttemptRecord) and "could not be observed" in made.message:
            assert known.now_ms - seen_ms >= BLIND_MS


@given(jobs, lives)
def test_no_life_breaks_a_promise(job, life):
    lived = Life(job)
    lived.look()
    for wait_ms, event in life:
        lived.happen(wait_ms, event)


@given(jobs, lives)
def test_deciding_again_changes_nothing(job, life):
    lived = Life(job)
    lived.look()
    for wait_ms, event in life:
        lived.happen(wait_ms, event)
        again = decide_job(lived.facts)
        assert again.status.manifest() == lived.facts.status.manifest()
        assert (again.records, again.notices) == ((), ())


looks = st.lists(st.tuples(st.sampled_from([1_000, 5_000]), observations()), min_size=1, max_size=12)


@given(jobs, lives, looks)
def test_a_deletion_always_ends(job, life, looks):
    lived = Life(job)
    for wait_ms, event in life:
        lived.happen(wait_ms, event)
    deleted_ms = lived.delete()
    for wait_ms, seen in cycle(looks):
        lived.happen(wait_ms, ("seen", seen))
        if lived.facts.open_attempt is None:
            break
        assert lived.facts.now_ms < deleted_ms + DELETION_MS + 2 * RECEIPT_GRACE_MS
    assert lived.look().finalizer is False
    assert lived.facts.open_attempt is None
