"""Hub: whether this operator can settle: chain, ledger, gas money, bond."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_operator.api.hub import Hub, HubBond, HubStatus, VaultRef
from hansa_operator.api.hub import HubReason as Reason
from hansa_operator.core.draft import StatusDraft
from hansa_operator.core.notices import Notice
from hansa_operator.ports.chain import HubState
from hansa_protocol.units import Wei, format_amount, parse_amount

LOOK_MS = 10_000
COIN_DECIMALS = 18
LAG_JITTER_BLOCKS = 2

Draft = StatusDraft[HubStatus]


@dataclass(frozen=True, slots=True)
class CasesView:
    """State how many cases against the hub are open, and which of them get no answer; or why that is not known."""

    open: int = 0
    unanswered: tuple[str, ...] = ()
    unknown: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HubFacts:
    """Gather everything that the decision about the hub depends on.

    `states` has the hub's standing by vault, None when the chain could not be read, and `problem` says why; `heads`
    has the newest sealed epoch by vault. Vaults are named as in `hub.spec.vaults`, and those without any are left out.
    `refused` is the reason (WrongChain, CodeHashMismatch, ...) and the message with which the chain was refused for
    good. `gas_floor` is the least gas money in wei. `cases` is None while nobody has looked at them.
    """

    hub: Hub
    now_ms: int
    states: Mapping[str, HubState] | None
    heads: Mapping[str, int]
    problem: str = ""
    refused: tuple[str, str] | None = None
    gas_floor: int = 0
    cases: CasesView | None = None


@dataclass(frozen=True, slots=True)
class HubDecision:
    """State the status, what to tell people, and when to look again (unix ms)."""

    status: HubStatus
    notices: tuple[Notice, ...] = ()
    wake_ms: int | None = None


def is_behind(states: Mapping[str, HubState], heads: Mapping[str, int]) -> bool:
    """Return whether the chain knows an epoch of this hub that the ledger does not; both are by vault."""
    return any(
        state.last_epoch is not None and state.last_epoch > heads.get(vault, -1) for vault, state in states.items()
    )


def decide_hub(facts: HubFacts) -> HubDecision:
    """Decide about the hub; deciding again on what it leads to changes nothing."""
    draft = StatusDraft.of(facts.hub.status or HubStatus(), facts.hub.metadata, facts.now_ms)
    draft = draft.set(ledger_head_epoch=max(facts.heads.values(), default=None))
    if facts.refused is not None:
        draft = draft.stalled(*facts.refused)
    elif facts.states is None:
        message = f"the chain could not be read, what is shown is as it was: {facts.problem}"
        draft = draft.unknown(Reason.CHAIN_UNREACHABLE, message)
    else:
        draft = _judge(facts, _observe(facts, draft, facts.states), facts.states)
    draft = _defend(draft, facts.cases)
    lost = bool(facts.cases and facts.cases.unanswered)
    news = draft.news("ChallengesAnswered", warning=True) if lost else ()
    return HubDecision(draft.status, (*draft.ready_news(), *news), facts.now_ms + LOOK_MS)


def _defend(draft: Draft, cases: CasesView | None) -> Draft:
    """Say whether the hub answers what it is challenged with."""
    if cases is None:
        return draft
    if cases.unknown is not None:
        return draft.condition("ChallengesAnswered", None, *cases.unknown)
    if cases.unanswered:
        message = f"{len(cases.unanswered)} of {cases.open} get no answer, the bond pays for them: "
        return draft.condition("ChallengesAnswered", False, Reason.UNANSWERABLE, message + "; ".join(cases.unanswered))
    if not cases.open:
        return draft.condition("ChallengesAnswered", True, Reason.NONE_OPEN, "nobody challenges the hub")
    return draft.condition("ChallengesAnswered", True, Reason.ANSWERING, f"{cases.open} open, all have an answer")


def _judge(facts: HubFacts, draft: Draft, states: Mapping[str, HubState]) -> Draft:
    if is_behind(states, facts.heads):
        return draft.stalled(Reason.LEDGER_BEHIND_CHAIN, _behind(states, facts.heads))
    gas = _gas(states)
    if gas is not None and _is_too_low(gas, facts.gas_floor):
        need = f" and needs {_coins(facts.gas_floor)}" if facts.gas_floor else ""
        message = (
            f"{facts.hub.spec.address} has {_coins(gas)} of the chain's coin{need}: send it some, or nothing is posted"
        )
        return draft.unready(Reason.INSUFFICIENT_GAS, message)
    bare = [vault for vault in facts.hub.spec.vaults if vault.address in states and not states[vault.address].free_bond]
    if bare:
        names = ", ".join(f"{vault.address} ({vault.symbol})" for vault in bare)
        message = f"no bond is free in vault {names}: deposit some as the hub's bond; posts need it as cover"
        return draft.unready(Reason.BOND_TOO_LOW, message)
    return draft.ready(Reason.AVAILABLE, "the hub meters and settles")


def _behind(states: Mapping[str, HubState], heads: Mapping[str, int]) -> str:
    told = "; ".join(
        f"in vault {vault} the chain has epoch {state.last_epoch}, the ledger "
        + (f"ends with {heads[vault]}" if vault in heads else "has none")
        for vault, state in states.items()
        if is_behind({vault: state}, heads)
    )
    return (
        f"the ledger is older than the chain: {told}. Restore the store from a newer backup: nothing is sealed until "
        "then, because work would be charged twice"
    )


def _observe(facts: HubFacts, draft: Draft, states: Mapping[str, HubState]) -> Draft:
    """Write down what was read, as far as it is worth a write."""
    known = draft.status
    posted = [state.last_epoch for state in states.values() if state.last_epoch is not None]
    lag = max((state.lag_blocks for state in states.values()), default=None)
    return draft.set(
        bonds=[_bond(vault, states[vault.address]) for vault in facts.hub.spec.vaults if vault.address in states],
        last_posted_epoch=max(posted, default=None),
        rpc_lag_blocks=known.rpc_lag_blocks if _is_alike(known.rpc_lag_blocks, lag) else lag,
        gas_balance=_shown_gas(known.gas_balance, _gas(states), facts.gas_floor),
    )


def _bond(vault: VaultRef, state: HubState) -> HubBond:
    amount, free = (format_amount(Wei(wei), vault.decimals) for wei in (state.bond, state.free_bond))
    return HubBond(vault=vault.address, amount=amount, free=free)


def _gas(states: Mapping[str, HubState]) -> int | None:
    return min((state.gas_balance for state in states.values()), default=None)


def _is_too_low(gas: int, floor: int) -> bool:
    return gas == 0 or gas < floor


def _shown_gas(shown: str | None, gas: int | None, floor: int) -> str | None:
    """Return the balance as it is shown unless it moved by over 1% or across the floor: all transactions cost some."""
    if gas is None:
        return shown
    if shown is not None:
        before = parse_amount(shown, COIN_DECIMALS)
        if abs(gas - before) * 100 <= before and _is_too_low(gas, floor) == _is_too_low(before, floor):
            return shown
    return _coins(gas)


def _is_alike(shown: int | None, lag: int | None) -> bool:
    """Return whether a lag is about what is shown: it moves with every block, which is no news."""
    return shown is not None and lag is not None and abs(lag - shown) <= LAG_JITTER_BLOCKS + shown // 2


def _coins(wei: int) -> str:
    return format_amount(Wei(wei), COIN_DECIMALS)
