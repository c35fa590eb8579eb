"""AIService: whether the version that the object states is the one that its publisher put on chain."""

from dataclasses import dataclass

from hansa_operator.api.aiservice import AIService, AIServiceSpec, AIServiceStatus
from hansa_operator.api.aiservice import ServiceReason as Reason
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.notices import Notice
from hansa_operator.ports.chain import ServiceState

LOOK_MS = 5_000

Draft = StatusDraft[AIServiceStatus]


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """Gather everything that the decision about one AIService depends on.

    `known` is False when the chain could not be read, and `problem` says why; else `state` None means that it is not
    published.
    """

    service: AIService
    now_ms: int
    known: bool
    state: ServiceState | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """State the status, what to tell people, and when to look again (unix ms; None: nothing can change any more)."""

    status: AIServiceStatus
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None


def decide_service(facts: ServiceFacts) -> ServiceDecision:
    """Decide about an AIService; deciding again on what it leads to changes nothing."""
    draft = StatusDraft.of(facts.service.status or AIServiceStatus(), facts.service.metadata, facts.now_ms)
    if facts.known:
        draft = _compare(facts.service.spec, facts.state, draft)
    else:
        message = f"the chain could not be read, what is shown is as it was: {facts.problem}"
        draft = draft.unknown(Reason.CHAIN_UNREACHABLE, message)
    # What is published never changes; only what is not there yet is worth another look.
    over = facts.known and facts.state is not None
    return ServiceDecision(draft.status, draft.ready_news(), None if over else facts.now_ms + LOOK_MS)


def _compare(spec: AIServiceSpec, state: ServiceState | None, draft: Draft) -> Draft:
    if state is None:
        message = f"{spec.publisher} has not published version {spec.version} on chain yet: jobs can use it once it has"
        return draft.set(service_id=None).unready(Reason.NOT_PUBLISHED, message)
    differing = _differences(spec, state)
    if differing:
        message = (
            f"the object differs from what is published: {differing}. Create an AIService with the published values, "
            "or publish this content as another version"
        )
        return draft.set(service_id=None).stalled(Reason.CONTENT_MISMATCH, message)
    if not state.payable:
        message = (
            f"its royalty would go to {state.payout}, which the contracts credit nothing: it is the treasury, a vault "
            "or the settlement. Publish another version with an account as payout"
        )
        return draft.set(service_id=None).stalled(Reason.PAYOUT_REFUSED, message)
    message = f"version {spec.version} is published as service {state.service_id}"
    return draft.set(service_id=state.service_id).ready(Reason.PUBLISHED, message)


def _differences(spec: AIServiceSpec, state: ServiceState) -> str:
    pairs = (
        ("contentDigest", spec.content_digest.lower(), state.content_digest.lower()),
        ("payout", spec.payout.lower(), state.payout.lower()),
        ("royaltyBps", spec.royalty_bps, state.royalty_bps),
    )
    return "; ".join(f"{name} is {here}, on chain {there}" for name, here, there in pairs if here != there)
