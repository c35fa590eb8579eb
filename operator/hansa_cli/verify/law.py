"""What the contracts go by when they judge a slice: rates, receipt keys, order signers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hansa_cli.coin import Coin
from hansa_protocol.evidence import SignedReceipt
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf, leaf_split
from hansa_protocol.parts import name_of
from hansa_protocol.signing import SignatureError, recover
from hansa_protocol.units import Epoch, epoch_bounds_ms


@dataclass(frozen=True, slots=True)
class Law:
    """Hold what the chain says beside the posts; None is what it has not.

    `royalties` are basis points by service, `receipt_keys` by provider and epoch, `order_signers` by customer and
    epoch, `receipts` by their digest, as the files have them. All slices cost `coin`.
    """

    fee_bps: int
    epoch_seconds: int
    royalties: Mapping[int, int | None]
    receipt_keys: Mapping[tuple[Address, int], Address | None]
    order_signers: Mapping[tuple[Address, int], Address | None]
    receipts: Mapping[bytes, SignedReceipt]
    coin: Coin

    def debit_of(self, leaf: Leaf) -> int:
        """Return what a slice costs its customer in wei; a service that is not published has no royalty."""
        royalty = self.royalties.get(leaf.service) if leaf.service else None
        return leaf_split(leaf, royalty or 0, self.fee_bps).debit

    def contradict(self, a: Leaf, b: Leaf) -> str:
        """Return why two slices of one hub cannot both be true, as Challenges judges it; "" when they can."""
        if a.job_id != b.job_id:
            return ""
        if a.seq == b.seq:
            return "has the number of"
        if a.attempt == b.attempt and max(a.from_ms, b.from_ms) < min(a.to_ms, b.to_ms):
            return "charges the time of"
        first, second = (a, b) if a.seq < b.seq else (b, a)
        short = second.cumulative < first.cumulative + self.debit_of(second)
        return "has a cumulative amount that does not go with" if short else ""

    def fault_of(self, leaf: Leaf, epoch: int) -> str:
        """Return what is wrong with a slice of an epoch's batch in itself, or ""."""
        if leaf.epoch != epoch:
            return f"is in the batch of epoch {epoch}"
        if leaf.from_ms > leaf.to_ms:
            return "ends before it begins"
        return "has a cumulative amount below its own cost" if leaf.cumulative < self.debit_of(leaf) else ""

    def objection(self, leaf: Leaf) -> str:
        """Return why its receipt does not bear a slice out, or ""."""
        signed = self.receipts.get(leaf.receipt_digest)
        return "no file has its receipt" if signed is None else receipt_fault(leaf, signed, self)


class Terms(Protocol):
    """Tell which key signs for a provider in an epoch, how long epochs are, and what is paid with."""

    @property
    def receipt_keys(self) -> Mapping[tuple[Address, int], Address | None]: ...
    @property
    def epoch_seconds(self) -> int: ...
    @property
    def coin(self) -> Coin: ...


def receipt_fault(leaf: Leaf, signed: SignedReceipt, terms: Terms) -> str:
    """Return why a receipt with a slice's digest does not bear it out, or ""."""
    receipt, coin = signed.receipt, terms.coin
    key = terms.receipt_keys.get((leaf.provider, receipt.epoch))
    _, epoch_end_ms = epoch_bounds_ms(Epoch(receipt.epoch), terms.epoch_seconds)
    claims = (
        (
            key is not None and signer_of(leaf.receipt_digest, signed.signature) == key,
            f"its receipt is not signed with the key that {leaf.provider} had in epoch {receipt.epoch}",
        ),
        (
            (receipt.job_id, receipt.attempt, receipt.customer) == (leaf.job_id, leaf.attempt, leaf.customer),
            "its receipt is for another job, attempt or customer",
        ),
        (receipt.epoch <= leaf.epoch, f"its receipt is of the later epoch {receipt.epoch}"),
        (receipt.to_ms <= epoch_end_ms, f"its receipt is of epoch {receipt.epoch}, and for time after it"),
        (receipt.result_digest == leaf.result_digest, "its receipt names another result"),
        (receipt.from_ms <= leaf.from_ms < leaf.to_ms <= receipt.to_ms, "it charges time beyond its receipt's"),
        (
            leaf.provider_amount <= receipt.provider_amount,
            f"it charges {coin.text(leaf.provider_amount)}, its receipt says {coin.text(receipt.provider_amount)}",
        ),
    )
    return next((fault for true, fault in claims if not true), "")


def signer_of(digest: bytes, signature: bytes) -> Address | None:
    """Return who signed a digest, or None where the bytes are no signature."""
    try:
        return recover(digest, signature)
    except SignatureError:
        return None


def title_of(leaf: Leaf) -> str:
    """Return how messages name a slice among several epochs."""
    return f"{name_of(leaf)} in epoch {leaf.epoch}"
