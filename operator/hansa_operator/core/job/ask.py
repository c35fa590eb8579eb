"""What a job asks of providers, and what it may cost on an offer of theirs."""

from dataclasses import dataclass
from typing import Self

from hansa_operator.core.job.facts import Credit, JobFacts
from hansa_operator.core.job.need import need_of
from hansa_operator.core.job.status import accrued_debit
from hansa_operator.core.market.offers import Need, Offer
from hansa_operator.core.market.quote import Quote, cost_of, limit_down, quote_offer, reservation
from hansa_protocol.units import Wei, format_amount


@dataclass(frozen=True, slots=True)
class Ask:
    """Hold what a job asks, and what its customer lets it cost; `budget` and what remains of it in wei."""

    facts: JobFacts
    credit: Credit
    need: Need
    budget: int
    remaining: int

    @classmethod
    def of(cls, facts: JobFacts) -> Self:
        """Return what a job asks whose credit line is known."""
        credit = facts.references.credit
        if credit is None:
            raise AssertionError("a job without a credit line asks for nothing")
        budget = limit_down(facts.job.spec.budget.max_amount, credit.decimals)
        return cls(facts, credit, need_of(facts, vault=credit.vault), budget, budget - accrued_debit(facts))

    def quote(self, offer: Offer) -> Quote:
        """Return the most that the whole job can cost on this offer."""
        return quote_offer(
            offer,
            self.need,
            self.facts.terms,
            max_amount=self.budget,
            active_deadline_seconds=self.facts.job.spec.active_deadline_seconds,
            epoch_seconds=self.facts.epoch_seconds,
        )

    def reservation(self, offer: Offer) -> int:
        """Return what an epoch on this offer reserves on the credit line (wei)."""
        return reservation(self._cost(offer, self.need.epoch_ms), remaining_budget=self.remaining)

    def buys_time(self, offer: Offer) -> bool:
        """Return whether what remains of the budget pays for any run time on this offer."""
        return self._cost(offer, 1) <= self.remaining

    def is_within_budget(self, offer: Offer) -> bool:
        """Return whether the budget pays for the whole active deadline on this offer, or for any time without one."""
        deadline = self.facts.job.spec.active_deadline_seconds
        return self.buys_time(offer) and (deadline is None or self._cost(offer, deadline * 1000) <= self.budget)

    def is_covered(self, offer: Offer) -> bool:
        """Return whether budget and credit line let the job run on this offer."""
        return self.is_within_budget(offer) and self.reservation(offer) <= self.credit.usable

    def tell(self, amount: int) -> str:
        """Return an amount in wei as people read it."""
        return f"{self._text(amount)} {self.credit.symbol}"

    def show(self, offer: Offer) -> dict[str, object]:
        """Return the quote on this offer as the status has it."""
        part = self.quote(offer).split
        shares = {"provider": part.provider, "publisher": part.royalty, "protocol": part.fee}
        return {
            "provider": offer.provider,
            "token": self.credit.symbol,
            "unit_price": self._text(offer.unit_price),
            "amount": self._text(part.debit),
            "split": {who: self._text(amount) for who, amount in shares.items()},
        }

    def _cost(self, offer: Offer, run_ms: int) -> int:
        return cost_of(run_ms * self.need.gpus, offer.unit_price, self.facts.terms).debit

    def _text(self, amount: int) -> str:
        return format_amount(Wei(amount), self.credit.decimals)
