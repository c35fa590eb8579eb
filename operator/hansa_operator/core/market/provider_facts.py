"""What is known about one Provider when its status is decided, and what is found about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_operator.api.provider import Provider
from hansa_operator.api.provider import ProviderReason as Reason
from hansa_operator.core.transactions import Sent
from hansa_operator.ports.chain import ProviderState
from hansa_operator.ports.intake import GpuInventory
from hansa_protocol.units import Wei, format_amount


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """Gather everything that the decision about one provider depends on.

    `inventory` came with the last heartbeat, and is not looked at while `last_beat_ms` is None: nothing was heard since
    the operator began (`started_ms`). `states` is the standing by vault of its offers, None when the chain could not be
    read, and `problem` says why. `exposure` (wei) and `decimals` are those of the first offer's vault; so is `min_bond`
    (wei), the lowest that one of its pools asks for. `approval_needed` says that one of them asks for an admin's yes.
    `guarantee` (wei) is the most that one of its pools promises of the hub's bond, `raising` the last transaction for
    it, and `refused` the reason and the message with which the next was refused.
    """

    provider: Provider
    now_ms: int
    started_ms: int
    last_beat_ms: int | None
    inventory: tuple[GpuInventory, ...]
    states: Mapping[str, ProviderState] | None
    exposure: int
    decimals: int
    min_bond: int
    approval_needed: bool
    problem: str = ""
    guarantee: int = 0
    raising: Sent | None = None
    refused: tuple[str, str] | None = None

    @property
    def first_state(self) -> ProviderState | None:
        """Return the standing in the vault of the first offer, or None when it was not read."""
        offers = self.provider.spec.offers
        return self.state(offers[0].vault) if offers else None

    def state(self, vault: str) -> ProviderState | None:
        """Return the standing in a vault, or None when it was not read."""
        return next((one for name, one in (self.states or {}).items() if name.lower() == vault.lower()), None)

    def tokens(self, wei: int) -> str:
        """Return an amount in tokens."""
        return format_amount(Wei(wei), self.decimals)


@dataclass(frozen=True, slots=True)
class Finding:
    """State one condition; `status` None means Unknown."""

    kind: str
    status: bool | None
    reason: Reason
    message: str
