"""All contracts of one deployment as a model: calls go in, outcomes come out, and a refused call changes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hansa_protocol.eip712 import credit_lines_domain, settlement_domain
from hansa_protocol.identity import Address
from tests.model.challenges import Challenges
from tests.model.claims import Claims
from tests.model.disputes import Disputes
from tests.model.evidence import Ties
from tests.model.lines import CreditLines
from tests.model.providers import Providers
from tests.model.services import Services
from tests.model.settlement import Settlement
from tests.model.statements import Statements
from tests.model.storage import Journal, Refused, Table
from tests.model.terms import Clock, Ground, Terms
from tests.model.vault import Vault

GUARDED = frozenset(
    {
        ("Settlement", name)
        for name in ("openCase", "closeCase", "collectPenalty", "strike", "hold", "endHold", "voidPart")
    }
    | {("Settlement", name) for name in ("useGuarantee", "restoreGuarantee", "payGuarantee")}
    | {("Providers", name) for name in ("reserve", "unreserve", "slash")}
)
"""What only the challenges may call; nobody here is one."""


@dataclass(frozen=True, slots=True)
class Call:
    """Hold one call: when, by whom, what; `contract` is the label of one in the deployment."""

    at: int
    block: int
    sender: Address
    contract: str
    function: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Tell that a call was refused with an error and its values, or what it returned."""

    error: str | None = None
    told: tuple[Any, ...] = ()
    value: Any = None


class World:
    """Hold the models of all contracts, and play calls on them."""

    def __init__(self, terms: Terms, places: Mapping[str, Address], chain_id: int) -> None:
        self.terms, self.places = terms, places
        self.clock, self._journal = Clock(), Journal()
        ground = Ground(self._journal, self.clock, terms, settlement_domain(chain_id, places["Settlement"]))
        self.lines = CreditLines(ground, credit_lines_domain(chain_id, places["CreditLines"]))
        labels = [label for label in places if label.startswith("Vault")]
        self.vaults = {places[label]: Vault(ground, places[label], self.lines) for label in labels}
        self.providers = Providers(ground, places["Providers"], self.vaults)
        self.settlement = Settlement(ground, places["Settlement"], self.vaults)
        self.services = Services(ground)
        ties = Ties(self.settlement, self.lines, self.providers, self.services, Table(self._journal, 0))
        self.statements = Statements(ground, places["Statements"], ties)
        self.challenges = Challenges(ground, places["Challenges"], ties)
        self.disputes = Disputes(ground, places["Disputes"], ties)
        self.claims = Claims(ground, places["Claims"], ties)
        self._contracts: dict[str, Any] = {
            "CreditLines": self.lines,
            "Providers": self.providers,
            "Services": self.services,
            "Settlement": self.settlement,
            "Statements": self.statements,
            "Challenges": self.challenges,
            "Disputes": self.disputes,
            "Claims": self.claims,
            **{label: self.vaults[places[label]] for label in labels},
        }

    def play(self, call: Call) -> Outcome:
        """Return what the rules say of a call, and remember what it changed."""
        self.clock.now, self.clock.block = call.at, call.block
        if (call.contract, call.function) in GUARDED:
            return Outcome(error="NotAChallenge", told=(call.sender,))
        rule = getattr(self._contracts[call.contract], _snake(call.function))
        try:
            with self._journal.all_or_nothing():
                return Outcome(value=rule(call.sender, *call.arguments))
        except Refused as refused:
            return Outcome(error=refused.name, told=refused.values)


def _snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()
