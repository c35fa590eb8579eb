"""What is wrong with batches, and which challenge there is for it; nothing is found where nothing is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hansa_chain.posted_rows import PostedRows
from hansa_cli.verify.evidence import LeafAt, PartEvidence, RowAt, gather_evidence
from hansa_cli.verify.findings import Asking, Challenge, find_wrongs
from hansa_cli.verify.law import Law
from hansa_protocol.batch import Batch
from hansa_protocol.identity import Address
from hansa_protocol.leaf import Leaf
from hansa_protocol.parts import net_part
from hansa_protocol.rows import Row
from hansa_protocol.signing import address_of
from hansa_protocol.units import Wei
from tests.unit.cli.test_claims import (
    BATCH,
    COIN,
    CUSTOMER,
    DOMAIN,
    EPOCH,
    EPOCH_SECONDS,
    FACTS,
    FEE_BPS,
    KEY,
    PAYOUT,
    PROVIDER,
    ROYALTY_BPS,
    SERVICE,
    SIGNED,
    leaf_of,
    posted,
)

HUB = address_of(KEY)
LEAF = leaf_of(SIGNED[0])
OTHER = leaf_of(SIGNED[1])
LAW = Law(
    fee_bps=FEE_BPS,
    epoch_seconds=EPOCH_SECONDS,
    royalties={SERVICE: ROYALTY_BPS},
    receipt_keys={(PROVIDER, EPOCH): address_of(KEY)},
    order_signers={(CUSTOMER, EPOCH): PAYOUT},
    receipts={signed.receipt.digest(DOMAIN): signed for signed in SIGNED},
    coin=COIN,
)


def part_of(
    *leaves: Leaf, more: Mapping[Address, int] | None = None, epoch: int = EPOCH, **changes: Any
) -> PartEvidence:
    """Return a posted part whose debit rows are higher by `more` than its slices."""
    part = net_part(0, leaves, BATCH.tariff)
    debits = tuple(replace(row, amount=Wei(row.amount + (more or {}).get(row.account, 0))) for row in part.debits)
    part = replace(part, debits=debits)
    batch: Batch = replace(BATCH, hub=HUB, parts=(part,), epoch=epoch)
    rows = PostedRows(debits, tuple(row.amount for row in debits), part.credits)
    return replace(PartEvidence(batch, part, posted(part), rows, void=False), **changes)


def found(*parts: PartEvidence, law: Law = LAW, **asked: Any) -> list[tuple[Challenge, Address | None]]:
    return [(one.challenge, one.sender) for one in find_wrongs(parts, law, Asking(**asked))]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    orders = {leaf.job_id: leaf.cumulative for leaf in (LEAF, OTHER)}
    assert found(part_of(LEAF, OTHER)) == []
    assert found(part_of(LEAF, OTHER), account=CUSTOMER) == []
    assert found(part_of(LEAF, OTHER), account=CUSTOMER, orders=orders) == []


def test_a_slice_in_two_epochs_is_a_duplicate_and_the_younger_is_struck() -> None:
    again = replace(LEAF, epoch=EPOCH + 1)
    (one,) = find_wrongs([part_of(again, epoch=EPOCH + 1), part_of(LEAF)], LAW, Asking())
    assert (one.challenge, one.sender) == (Challenge.DUPLICATE, None)
    assert isinstance(one.about, LeafAt)
    assert one.other is not None
    assert (one.about.leaf, one.other.leaf) == (again, LEAF)


def test_of_two_in_one_epoch_the_dearer_is_struck() -> None:
    dear = replace(LEAF, provider_amount=LEAF.provider_amount - 1)
    (one, *_) = find_wrongs([part_of(LEAF, dear)], LAW, Asking())
    assert isinstance(one.about, LeafAt)
    assert (one.challenge, one.about.leaf) == (Challenge.DUPLICATE, LEAF)


def test_time_of_one_attempt_twice_and_a_cumulative_that_does_not_grow_are_contradictions() -> None:
    after = replace(LEAF, seq=1, cumulative=2 * LEAF.cumulative)
    assert (Challenge.DUPLICATE, None) in found(part_of(LEAF, after))
    later = replace(after, from_ms=LEAF.to_ms, to_ms=LEAF.to_ms + 1, cumulative=LEAF.cumulative)
    assert (Challenge.DUPLICATE, None) in found(part_of(LEAF, later))
    assert (Challenge.DUPLICATE, None) not in found(part_of(LEAF, replace(later, cumulative=2 * LEAF.cumulative)))


def test_slices_of_other_hubs_contradict_nothing() -> None:
    here, there = part_of(LEAF), part_of(LEAF)
    there = replace(there, batch=replace(there.batch, hub=PAYOUT))
    assert found(here, there) == []


def test_a_slice_that_is_wrong_in_itself_is_a_fault() -> None:
    assert (Challenge.FAULT, None) in found(part_of(replace(LEAF, cumulative=LEAF.cumulative - 1)))
    assert (Challenge.FAULT, None) in found(part_of(replace(LEAF, to_ms=LEAF.from_ms - 1)))


def test_the_provider_can_ask_for_a_receipt_that_does_not_bear_a_slice_out() -> None:
    assert found(part_of(replace(LEAF, receipt_digest=b"q" * 32))) == [(Challenge.RECEIPT, PROVIDER)]


def test_a_customer_asks_for_the_order_of_a_job_that_it_did_not_order() -> None:
    assert found(part_of(LEAF), account=CUSTOMER, orders={}) == [(Challenge.ORDER, CUSTOMER)]
    low = {LEAF.job_id: LEAF.cumulative - 1}
    assert found(part_of(LEAF), account=CUSTOMER, orders=low) == [(Challenge.ORDER, CUSTOMER)]


def test_without_its_orders_a_customer_asks_only_where_no_provider_signed() -> None:
    bare = part_of(replace(LEAF, receipt_digest=b"q" * 32))
    assert (Challenge.ORDER, CUSTOMER) in found(bare, account=CUSTOMER)
    assert (Challenge.ORDER, CUSTOMER) not in found(bare, account=PROVIDER)


def test_without_an_order_signer_there_is_no_order_to_ask_for() -> None:
    law = replace(LAW, order_signers={(CUSTOMER, EPOCH): None})
    assert found(part_of(LEAF), law=law, account=CUSTOMER, orders={}) == []


def test_what_a_customer_doubts_is_disputed_by_it_alone() -> None:
    doubted = frozenset({LEAF.job_id})
    assert found(part_of(LEAF, OTHER), account=CUSTOMER, doubted=doubted) == [(Challenge.DISPUTE, CUSTOMER)]
    assert found(part_of(LEAF, OTHER), account=PROVIDER, doubted=doubted) == []


def test_what_is_held_is_told_to_its_provider_and_hub_alone_and_is_nothing_wrong() -> None:
    part = part_of(LEAF, OTHER, disputed=frozenset({1}))
    for party in (PROVIDER, part.batch.hub):
        (held,) = find_wrongs([part], LAW, Asking(party))
        assert (held.challenge, held.sender, held.wrong) == (Challenge.HELD, None, False)
    assert found(part) == found(part, account=CUSTOMER) == found(part, account=PAYOUT) == []


def test_what_is_held_is_conceded_by_the_provider_or_by_the_hub_when_it_says_so() -> None:
    part, conceded = part_of(LEAF, OTHER, disputed=frozenset({1})), frozenset({OTHER.job_id})
    hub = part.batch.hub
    assert found(part, account=hub) == [(Challenge.HELD, None)]
    assert found(part, account=PROVIDER, conceded=conceded) == [(Challenge.CONCEDED, PROVIDER)]
    assert found(part, account=hub, conceded=conceded) == [(Challenge.CONCEDED_BY_HUB, hub)]
    assert found(part, account=PROVIDER, conceded=frozenset({b"another"})) == [(Challenge.HELD, None)]


def test_a_row_above_its_slices_is_demanded_by_whom_it_charges() -> None:
    (one,) = find_wrongs([part_of(LEAF, more={CUSTOMER: 1})], LAW, Asking())
    assert (one.challenge, one.sender) == (Challenge.STATEMENT, CUSTOMER)
    assert isinstance(one.about, RowAt)


def test_a_row_at_a_royalty_that_is_not_the_chains_is_demanded() -> None:
    law = replace(LAW, royalties={SERVICE: ROYALTY_BPS - 100})
    assert found(part_of(LEAF), law=law) == [(Challenge.STATEMENT, CUSTOMER)]
    unpublished = replace(LAW, royalties={SERVICE: None})
    assert found(part_of(LEAF), law=unpublished) == [(Challenge.STATEMENT, CUSTOMER)]


def test_a_slice_of_a_service_that_is_not_published_costs_what_the_contracts_take_without_a_royalty() -> None:
    unpublished = replace(LAW, royalties={SERVICE: None})
    plain = replace(LAW, royalties={SERVICE: 0})
    assert LEAF.service == SERVICE
    assert unpublished.debit_of(LEAF) == plain.debit_of(LEAF) > 0
    false = replace(LEAF, cumulative=plain.debit_of(LEAF) - 1)
    assert (Challenge.FAULT, None) in found(part_of(false), law=unpublished)


def test_of_a_file_that_is_not_what_was_posted_every_customer_demands_its_statement() -> None:
    part = part_of(LEAF, OTHER)
    other = replace(part, posted=replace(part.posted, header=replace(part.posted.header, jobs_root=b"z" * 32)))
    assert found(other, account=CUSTOMER, orders={}) == [(Challenge.STATEMENT, CUSTOMER)]


def test_a_void_part_is_challenged_no_more_but_its_row_is_followed_to_the_penalty() -> None:
    bad = replace(LEAF, receipt_digest=b"q" * 32)
    assert found(part_of(bad, more={CUSTOMER: 1}, void=True)) == [(Challenge.STATEMENT, CUSTOMER)]


def test_a_slice_that_no_row_charges_for_has_no_proof() -> None:
    part = part_of(LEAF)
    bare = replace(part, part=replace(part.part, debits=()), rows=PostedRows((), (), ()))
    assert LeafAt(bare, 0).prove_charge() is None
    proof = LeafAt(part, 0).prove_charge()
    assert proof is not None
    assert proof.slice.charge.row == Row(CUSTOMER, part.rows.debits[0].amount).pack()


def test_a_part_counts_once_however_many_files_claim_to_be_it() -> None:
    part = part_of(LEAF)
    facts = replace(FACTS, posted=(part.posted,), rows=(part.rows,), void=(False,), row_paid=(False,))
    forged = replace(part.batch, parts=(net_part(0, [OTHER], BATCH.tariff),))
    for batches in ([part.batch, part.batch], [forged, part.batch], [part.batch, forged]):
        (one,) = gather_evidence((batch, facts) for batch in batches)
        assert one.provable
        assert find_wrongs([one], LAW, Asking()) == []
