"""Jobs of one customer come, run, are sealed and end in any order: together they use no more than the line carries."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.credit.headroom import Holding, sum_commitments, usable_credit
from hansa_operator.ports.chain import ChainStamp, CreditState

CAP, BALANCE, LENGTH = 12, 40, 6
"""Wei, wei, and the steps of an epoch: a job takes one look and uses a part of what it reserved in each."""


@dataclass
class Line:
    """Follow a line wei by wei; a job looks before each wei that it uses, as a job with time to look does."""

    jobs: dict[int, Holding] = field(default_factory=dict)
    running: set[int] = field(default_factory=set)
    sealed: int = 0
    posted: int = 0
    used_now: int = 0
    steps: int = 0

    def usable(self, job):
        state = CreditState(ChainStamp(1, 0), CAP, 99, 0, 0, 0, BALANCE - self.posted, 0, 0)
        others = [held for other, held in self.jobs.items() if other != job]
        return usable_credit(state, sum_commitments(self.jobs.get(job, Holding()), others, sealed=self.sealed))

    def apply(self, reserved):
        job = len(self.jobs)
        if 0 < reserved <= self.usable(job):
            self.jobs[job] = Holding(reserved)
            self.running.add(job)

    def run(self):
        for job in sorted(self.running):
            self._use(job, -(-self.jobs[job].reserved // LENGTH))
        self.steps += 1
        if self.steps % LENGTH == 0:
            self.used_now = 0
            self.jobs = {job: _in_next_epoch(held) for job, held in self.jobs.items()}

    def _use(self, job, wei):
        for _ in range(min(wei, self.jobs[job].open)):
            if self.usable(job) <= 0:
                self.end(job)
                break
            self.jobs[job] = replace(self.jobs[job], used_now=self.jobs[job].used_now + 1)
            self.used_now += 1

    def end(self, job):
        if job in self.running:
            self.running.remove(job)
            self.jobs[job] = replace(self.jobs[job], reserved=0)

    def seal(self):
        """Seal the epochs that are over, and return what the batch takes."""
        taken = sum(held.used_last + held.used_before for held in self.jobs.values())
        self.jobs = {job: replace(held, used_last=0, used_before=0) for job, held in self.jobs.items()}
        self.sealed += taken
        return taken

    def post(self):
        self.posted, self.sealed = self.posted + self.sealed, 0

    @property
    def used(self):
        return self.posted + self.sealed + sum(held.unsealed for held in self.jobs.values())


def _in_next_epoch(held):
    return replace(held, used_now=0, used_last=held.used_now, used_before=held.used_before + held.used_last)


happenings = st.lists(
    st.one_of(
        st.tuples(st.just("apply"), st.integers(1, CAP)),
        st.tuples(st.just("run"), st.integers(1, 4)),
        st.tuples(st.just("end"), st.integers(0, 6)),
        st.just(("seal", 0)),
        st.just(("post", 0)),
    ),
    max_size=40,
)


@given(happenings)
def test_no_epoch_uses_more_than_the_cap_and_all_of_them_no_more_than_the_balance(happened):
    line = Line()
    for name, value in happened:
        if name == "run":
            for _ in range(value):
                line.run()
                assert line.used_now <= CAP
                assert line.used <= BALANCE
        elif name in ("apply", "end"):
            getattr(line, name)(value)
        else:
            getattr(line, name)()


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(0, LENGTH - 1))
def test_jobs_that_were_admitted_run_until_the_balance_is_used(reserved, delay):
    line = Line()
    for wei in reserved:
        line.apply(wei)
    began = set(line.running)
    per_epoch = sum(line.jobs[job].reserved for job in began)
    for step in range(BALANCE // per_epoch * LENGTH):
        assert line.running == began, f"nobody stops before the balance is used, but {line.used} are at step {step}"
        line.run()
        if line.steps % LENGTH == delay:
            assert line.seal() <= CAP
            line.post()
    assert line.used > BALANCE - per_epoch
