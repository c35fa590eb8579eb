"""An attempt whose Ray cluster does not start: when it is given up, and where the next one goes."""

from collections.abc import Sequence

from hansa_operator.api.aijob_reasons import AIJobReason as Reason
from hansa_operator.core.job.end import has_begun
from hansa_operator.core.job.facts import JobFacts
from hansa_operator.core.market.offers import Offer
from hansa_operator.ports.ledger import AttemptRecord

STARTING_MS = 600_000
"""How long a cluster that fails to start is started again before the attempt is given up."""


def find_failed_start(facts: JobFacts, attempt: AttemptRecord) -> tuple[str, str]:
    """Return why the attempt is given up (reason, message) since its cluster fails to start, or ("", "")."""
    why = facts.cluster.message if facts.cluster is not None else ""
    if not why or facts.now_ms < attempt.placed_ms + STARTING_MS or has_begun(facts, attempt):
        return "", ""
    minutes = STARTING_MS // 60_000
    return (
        Reason.CLUSTER_START_FAILED.value,
        f"{attempt.provider} did not start a Ray cluster within {minutes} minutes, others go first now: {why}",
    )


def prefer_others(facts: JobFacts, offers: Sequence[Offer]) -> Sequence[Offer]:
    """Return these offers without the providers that started no cluster for the job, unless no other is among them."""
    failed = {attempt.provider for attempt in facts.attempts if attempt.stop_reason == Reason.CLUSTER_START_FAILED}
    return [offer for offer in offers if offer.provider not in failed] or offers
