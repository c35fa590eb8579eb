"""What of the hub's bond stands for a provider: raised to what its pools promise, and never lowered from here."""

from dataclasses import dataclass

from hansa_operator.api.provider import ProviderReason as Reason
from hansa_operator.core.market.provider_facts import Finding, ProviderFacts
from hansa_operator.core.transactions import Sent, is_due, replaced_nonce
from hansa_operator.ports.chain import ProviderState

PATIENCE_MS = 15_000
"""A transaction that no node has known for that long is sent again."""


@dataclass(frozen=True, slots=True)
class RaiseGuarantee:
    """Raise what a provider is guaranteed in a vault to `total` (wei), what is asked back of it included."""

    vault: str
    total: int
    replaces: int | None


def judge_guarantee(facts: ProviderFacts, *, eligible: bool) -> Finding | None:
    """Return the condition Guaranteed; None where no pool promises anything and nothing is guaranteed."""
    state = facts.first_state
    if state is None:
        message = f"the chain could not be read, the guarantee is shown as it was: {facts.problem}"
        return Finding("Guaranteed", None, Reason.CHAIN_UNREACHABLE, message) if facts.guarantee else None
    if state.guaranteed >= facts.guarantee:
        if not state.guaranteed:
            return None
        message = f"{facts.tokens(state.guaranteed)} of the hub's bond stands for what it is not paid yet"
        return Finding("Guaranteed", True, Reason.GUARANTEED, message)
    lack = f"its pools promise {facts.tokens(facts.guarantee)}, the hub guarantees {facts.tokens(state.guaranteed)}"
    if not eligible:
        return Finding("Guaranteed", False, Reason.GUARANTEEING, f"{lack}: it is raised once it is approved and bonded")
    if facts.refused is None:
        return Finding("Guaranteed", False, Reason.GUARANTEEING, f"{lack}: it is being raised on chain")
    name, why = facts.refused
    reason = Reason.HUB_BOND_TOO_LOW if name == "InsufficientBond" else Reason.GUARANTEE_REFUSED
    return Finding("Guaranteed", False, reason, f"{lack}: {why}")


def raise_guarantee(facts: ProviderFacts, *, eligible: bool) -> RaiseGuarantee | None:
    """Return what to send, when the guarantee is too low and nothing under way raises it."""
    state, offers = facts.first_state, facts.provider.spec.offers
    if state is None or not eligible or state.guaranteed >= facts.guarantee:
        return None
    seen = facts.raising is not None and _is_seen(facts.raising, state)
    if not seen and not is_due(facts.raising, facts.now_ms, patience_ms=PATIENCE_MS):
        return None
    replaces = None if seen else replaced_nonce(facts.raising)
    return RaiseGuarantee(offers[0].vault, facts.guarantee + state.revoking, replaces)


def _is_seen(sent: Sent, state: ProviderState) -> bool:
    """Return whether the last raise is in what was read: what lacks now is something else."""
    block = sent.view.block if sent.view is not None else None
    return sent.landed and block is not None and block <= state.stamp.number
