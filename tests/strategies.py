"""What may happen to a job and its money, drawn at random."""

from hypothesis import strategies as st

from hansa_operator.core.market.quote import Terms
from hansa_operator.core.order.signed_order import OrderObjection
from hansa_operator.ports.ray import ClusterPhase, RayJobState
from tests.builders import (
    EPOCH,
    EPOCH_MS,
    NOW,
    PRICE,
    aijob,
    attempt,
    cluster,
    credit,
    offer,
    ray,
    receipt,
    references,
    twin,
)
from tests.ordered import CUSTOMER_KEY, SIGNER, signed

bps = st.integers(0, 10_000)
terms = st.builds(Terms, bps, bps)
prices = st.sampled_from([0, 1, 7, 3_600_000, PRICE, 10**12]) | st.integers(0, 10**20)
amounts = st.integers(0, 20) | st.integers(0, 10**6) | st.integers(0, 10**26)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 8))
"""Workers, and GPUs of each."""

waits_ms = st.sampled_from([0, 1, 400, 1_000, 5_000, 20_000, 60_000, 120_000, 300_000, 301_000])


@st.composite
def specs(draw):
    """Draw the fields of a job's spec that decide about its life."""
    scheduling = {
        "retries": draw(st.integers(0, 2)),
        "startDeadlineSeconds": draw(st.none() | st.integers(1, 400)),
        "activeDeadlineSeconds": draw(st.none() | st.integers(1, 400)),
    }
    return {
        "budget": {"maxAmount": draw(st.sampled_from(["0", "0.000003", "0.05", "1", "10"]))},
        "scheduling": {name: value for name, value in scheduling.items() if value is not None},
        "ttlSecondsAfterFinished": draw(st.none() | st.integers(0, 60)),
    }


jobs = specs().map(lambda spec: aijob(**spec))

states = st.sampled_from(RayJobState)
ends = st.none() | st.integers(NOW - 1_000, NOW + 900_000)
submissions = st.none() | st.builds(lambda state, end: ray(state, end_ms=end if state.terminal else None), states, ends)


@st.composite
def observations(draw):
    """Draw what is seen of an attempt: only a cluster that is ready tells of submissions."""
    phase = draw(st.sampled_from([ClusterPhase.READY] * 6 + list(ClusterPhase)) | st.none())
    if phase is None:
        return {"cluster": None, "ray": None}
    return {"cluster": cluster(phase), "ray": draw(submissions) if phase is ClusterPhase.READY else None}


offers = st.builds(
    offer,
    st.sampled_from(["berlin", "lagos", "quito"]),
    unit_price=st.sampled_from([0, PRICE // 2, PRICE, 3 * PRICE]),
    free_gpus=st.integers(0, 8),
    free_workers=st.integers(0, 4),
    bond=st.sampled_from([0, 40_000, 10**12]),
    exposure=st.sampled_from([0, 0, 30_000]),
    schedulable=st.sampled_from([True, True, False]),
)
markets = st.lists(offers, max_size=3, unique_by=lambda one: one.provider).map(tuple)

referred = st.builds(
    references,
    missing=st.sampled_from([(), (), (), ("CreditLine line",)]),
    namespace_allowed=st.sampled_from([True, True, True, False]),
    credit=st.builds(
        credit,
        ready=st.sampled_from([True, True, False]),
        usable=st.sampled_from([-1, 0, 39_999, 40_000, 10**9]),
        order_signer=st.sampled_from(["", "", "", SIGNER]),
    ),
    order=st.sampled_from(
        [None, None, signed(), signed(key=CUSTOMER_KEY), OrderObjection("OrderInvalid", "of another")]
    ),
    twin=st.sampled_from([None, None, None, twin(active=True), twin(succeeded=True)]),
)


@st.composite
def metered(draw, *, attempts=3, epochs=4):
    """Draw a job's attempts, each with a price and GPUs of its own, and the receipts of each as they grow.

    Receipts come as pairs of attempt and epoch with rising ends and rising billable time, the later superseding; in
    `EPOCH_MS` an attempt may use no more than all of its GPUs.
    """
    placed = [
        attempt(attempt=number, unit_price=draw(prices), workers=workers, gpus_per_worker=gpus, placed_ms=NOW)
        for number, (workers, gpus) in enumerate(draw(st.lists(shapes, min_size=1, max_size=attempts)))
    ]
    growing = [(one, EPOCH + epoch) for one in placed for epoch in range(epochs)]
    return placed, {(one.attempt, epoch): draw(_growth(one, epoch)) for one, epoch in growing}


@st.composite
def _growth(draw, one, epoch):
    start, *ends = sorted(draw(st.lists(st.integers(0, EPOCH_MS), min_size=2, max_size=5, unique=True)))
    grown, billable = [], 0
    for seq, end in enumerate(ends):
        billable = max(billable, draw(st.integers(0, one.gpus * (end - start))))
        grown.append(
            receipt(
                attempt=one.attempt,
                epoch=epoch,
                seq=seq,
                from_ms=epoch * EPOCH_MS + start,
                to_ms=epoch * EPOCH_MS + end,
                billable_gpu_milliseconds=billable,
            )
        )
    return grown
