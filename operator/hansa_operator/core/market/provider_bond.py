"""What backs a provider on chain: its bond, and the key that its receipts count from."""

from hansa_operator.api.provider import ProviderBond
from hansa_operator.api.provider import ProviderReason as Reason
from hansa_operator.core.market.provider_facts import Finding, ProviderFacts
from hansa_operator.ports.chain import ProviderState


def judge_bond(facts: ProviderFacts) -> Finding:
    """Return the condition Bonded: registered with a bond in every vault of its offers, and enough in the first."""
    vaults = tuple(dict.fromkeys(offer.vault for offer in facts.provider.spec.offers))
    if not vaults:
        message = "it offers nothing: add a GPU model and its price to spec.offers"
        return Finding("Bonded", False, Reason.NO_OFFERS, message)
    for vault in vaults:
        state = facts.state(vault)
        if state is None:
            message = f"the chain could not be read, the bond is shown as it was: {facts.problem}"
            return Finding("Bonded", None, Reason.CHAIN_UNREACHABLE, message)
        # Tokens differ in worth: what pools ask for is an amount of the first one.
        least = facts.min_bond if vault == vaults[0] else min(1, facts.min_bond)
        if not state.receipt_key or state.bond < least:
            return Finding("Bonded", False, Reason.BOND_TOO_LOW, _lack(facts, vault, state))
    return Finding("Bonded", True, Reason.BONDED, f"its bond is at least {facts.tokens(facts.min_bond)}")


def _lack(facts: ProviderFacts, vault: str, state: ProviderState) -> str:
    need, have = facts.tokens(facts.min_bond), facts.tokens(state.bond)
    if not state.receipt_key:
        who = facts.provider.spec.address
        return f"{who} is not registered on chain: register it with a bond of at least {need} in vault {vault}"
    if vault != facts.provider.spec.offers[0].vault:
        return f"it has no bond in vault {vault}, where an offer asks to be paid: bond there, or take the offer back"
    more = facts.tokens(facts.min_bond - state.bond)
    return f"its bond is {have} and its pools ask for {need}: add {more} in vault {vault}"


def describe_wrong_key(facts: ProviderFacts) -> str:
    """Return what is wrong with the agent's key, "" when nothing is or it cannot be told."""
    agent_key, state = facts.provider.spec.agent_key, facts.first_state
    on_chain = state.receipt_key if state is not None else ""
    if not agent_key or not on_chain or agent_key.lower() == on_chain.lower():
        return ""
    return (
        f"spec.agentKey is {agent_key}, but receipts count on chain only from {on_chain}: correct agentKey, or set the "
        "receipt key on chain and wait until it is in force"
    )


def show_bond(facts: ProviderFacts, known: ProviderBond | None) -> ProviderBond | None:
    """Return the bond as it is known unless an amount is another: blocks alone are no news."""
    state = facts.first_state
    if state is None:
        return known
    amount, exposure = facts.tokens(state.bond), facts.tokens(facts.exposure)
    if known is not None and (known.amount, known.exposure) == (amount, exposure):
        return known
    return ProviderBond(amount=amount, exposure=exposure, at_block=state.stamp.number)
