"""What a job asks of an offer."""

from hansa_operator.core.job.facts import JobFacts
from hansa_operator.core.market.offers import Need
from hansa_operator.core.market.quote import limit_down
from hansa_operator.core.market.wish import Wish
from hansa_operator.core.quantity import quantity_up


def need_of(facts: JobFacts, *, vault: str, max_unit_price: int | None = None) -> Need:
    """Return what the job asks of an offer; `max_unit_price` (wei) narrows what its own budget allows."""
    spec, credit = facts.job.spec, facts.references.credit
    stated = spec.budget.max_unit_price
    own = limit_down(stated, credit.decimals) if stated and credit is not None else None
    return Need(
        job_id=facts.job_id,
        vault=vault,
        workers=spec.parallelism or 1,
        gpus_per_worker=spec.resources.gpus,
        gpu_models=tuple(spec.resources.gpu_models or ()),
        max_unit_price=min((price for price in (own, max_unit_price) if price is not None), default=None),
        epoch_ms=facts.epoch_seconds * 1000,
        wish=_wish(facts),
    )


def _wish(facts: JobFacts) -> Wish:
    placement, memory = facts.job.spec.placement, facts.job.spec.resources.gpu_memory
    least = quantity_up(memory) if memory is not None else 0
    if placement is None:
        return Wish(gpu_memory_bytes=least)
    labels = tuple(sorted((placement.provider_selector or {}).items()))
    return Wish(labels, tuple(placement.regions), placement.trust or "", least)
