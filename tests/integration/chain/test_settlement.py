"""An epoch's work is paid once, to the wei, and the chain computes what this side computes."""

from dataclasses import replace
from hashlib import sha256

import pytest

from hansa_chain.errors import Reverted
from hansa_chain.posted_rows import fetch_rows
from hansa_protocol.batch import encode_batch
from hansa_protocol.header import header_hash
from hansa_protocol.rows import credit_tree, debit_tree
from hansa_protocol.units import Wei
from tests.fixtures.anvil import WHOLE
from tests.integration.chain.market import Market, Work, address


@pytest.fixture
def lent(market: Market) -> Market:
    """Give two customers a balance and a line, and the hub its bond."""
    market.bond()
    for name in ("ada", "ben"):
        market.deposit(name, 50 * WHOLE)
    market.lend("ada", "ben")
    return market


def test_an_epoch_is_paid_to_the_wei(lent: Market) -> None:
    service = lent.publish(royalty_bps=1_000)
    works = [
        Work("ada", "north", 10_000, service, job="a"),
        Work("ben", "south", 333_333_333_333_333_331, job="b"),
        Work("ben", "north", 7, service, job="c"),
    ]
    batch = lent.batch(works)
    lent.end_epoch(batch.epoch)
    posted = lent.post(batch)
    lent.anvil.finalize()
    lent.pass_window(posted)
    lent.do("hub", lent.contracts.settlement.finalize(posted.header, batch.parts[0].credits))

    fees = 330 + 10_000_000_000_000_000 + 1
    assert lent.balances() == {
        "ada": 50 * WHOLE - 11_330,
        "ben": 50 * WHOLE - 333_333_333_333_333_331 - 10_000_000_000_000_000 - 8,
        "north": 10_007,
        "south": 333_333_333_333_333_331,
        "author": 1_000,
        "treasury": fees,
    }
    lent.assert_solvent()


def test_the_chain_computes_the_same_header(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000, job="a"), Work("ben", "south", 20_000, job="b")])
    lent.end_epoch(batch.epoch)
    posted, part = lent.post(batch), batch.parts[0]
    header = posted.header
    assert (header.jobs_root, header.file_digest) == (part.jobs_root, sha256(encode_batch(batch)).digest())
    assert header.credit_root == credit_tree(part.credits).root
    assert header.debit_root == debit_tree(part.debits, [row.amount for row in part.debits]).root
    kept = lent.contracts.settlement.header_hash_of(batch.hub, batch.vault, batch.epoch, 0, at="latest")
    assert header_hash(header) == kept


def test_the_same_post_sent_twice_pays_once(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000)])
    lent.end_epoch(batch.epoch)
    posted = lent.post(batch)
    with pytest.raises(Reverted, match="EpochNotRising") as refused:
        lent.post(batch)
    assert refused.value.arguments == {"epoch": batch.epoch, "lastEpoch": batch.epoch}
    lent.pass_window(posted)
    finalize = lent.contracts.settlement.finalize(posted.header, batch.parts[0].credits)
    lent.do("ben", finalize)
    with pytest.raises(Reverted, match="AlreadyFinalized"):
        lent.do("hub", finalize)
    assert lent.balances()["north"] == 10_000


def test_a_batch_of_parts_is_paid_part_by_part(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000, job="a"), Work("ben", "south", 20_000, job="b")], max_rows=2)
    lent.end_epoch(batch.epoch)
    posted = [lent.post(batch, part) for part in (0, 1)]
    last = lent.contracts.settlement.last_epoch(batch.hub, batch.vault, at="latest")
    assert last is not None
    assert (last.epoch, last.posted, last.parts) == (batch.epoch, 2, 2)
    lent.pass_window(posted[1])
    for part in (1, 0):
        lent.do("hub", lent.contracts.settlement.finalize(posted[part].header, batch.parts[part].credits))
    assert {name: lent.balances()[name] for name in ("north", "south")} == {"north": 10_000, "south": 20_000}
    lent.assert_solvent()


def test_a_batch_is_paid_in_the_transaction_of_the_next_post(lent: Market) -> None:
    settlement, vault = lent.contracts.settlement, lent.contracts.vault
    earlier = lent.batch([Work("ada", "north", 10_000, job="a")])
    lent.end_epoch(earlier.epoch)
    payment = settlement.finalize(lent.post(earlier).header, earlier.parts[0].credits)
    later = lent.batch([Work("ben", "south", 20_000, job="b")])
    lent.end_epoch(later.epoch)
    mined = lent.do("hub", settlement.multicall([payment, lent.post_call(later)]))
    posted = lent.posted(later)
    assert posted.tx_hash == mined.tx_hash
    assert settlement.is_finalized(earlier.hub, earlier.vault, earlier.epoch, 0, at="latest")
    assert lent.balances()["north"] == 10_000
    rows = fetch_rows(settlement, vault, posted, ((), ()))
    assert rows is not None
    assert (rows.debits, rows.credits) == (later.parts[0].debits, later.parts[0].credits)
    lent.pass_window(posted)
    lent.do("hub", settlement.finalize(posted.header, rows.credits or ()))
    assert lent.balances()["south"] == 20_000
    lent.assert_solvent()


def test_rows_are_read_however_deep_a_hub_packs_its_post(lent: Market) -> None:
    settlement = lent.contracts.settlement
    batch = lent.batch([Work("ada", "north", 10_000)])
    lent.end_epoch(batch.epoch)
    packed = lent.post_call(batch)
    for _ in range(40):
        packed = settlement.multicall([packed])
    lent.do("hub", packed)
    rows = fetch_rows(settlement, lent.contracts.vault, lent.posted(batch), ((), ()))
    assert rows is not None
    assert (rows.debits, rows.credits) == (batch.parts[0].debits, batch.parts[0].credits)


def test_one_refused_call_undoes_those_before_it_and_says_why(lent: Market) -> None:
    settlement = lent.contracts.settlement
    batch = lent.batch([Work("ada", "north", 10_000)])
    lent.end_epoch(batch.epoch)
    posted = lent.post(batch)
    lent.pass_window(posted)
    payment = settlement.finalize(posted.header, batch.parts[0].credits)
    with pytest.raises(Reverted, match="AlreadyFinalized"):
        lent.do("hub", settlement.multicall([payment, payment]))
    with pytest.raises(Reverted, match="FailedCall"):
        lent.do("hub", settlement.multicall([payment, replace(payment, data=b"\0\xc0\xff\xee")]))
    assert not settlement.is_finalized(batch.hub, batch.vault, batch.epoch, 0, at="latest")
    assert "north" not in lent.balances()


def test_only_calls_of_the_settlement_go_together(lent: Market) -> None:
    payment = lent.contracts.token.approve(address("hub"), Wei(1))
    with pytest.raises(ValueError, match="approve is for"):
        lent.contracts.settlement.multicall([payment])


def test_a_payee_takes_its_own_row_by_proof(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000, job="a"), Work("ada", "south", 20_000, job="b")])
    lent.end_epoch(batch.epoch)
    posted, rows = lent.post(batch), batch.parts[0].credits
    lent.pass_window(posted)
    index = next(i for i, row in enumerate(rows) if row.account == address("south"))
    settlement = lent.contracts.settlement
    lent.do("south", settlement.finalize_row(posted.header, rows[index], index, credit_tree(rows).proof(index)))
    assert settlement.is_row_finalized(batch.hub, batch.vault, batch.epoch, 0, index, at="latest")
    assert "north" not in lent.balances()
    lent.do("hub", settlement.finalize(posted.header, rows))
    assert settlement.is_finalized(batch.hub, batch.vault, batch.epoch, 0, at="latest")
    assert (lent.balances()["north"], lent.balances()["south"]) == (10_000, 20_000)
    lent.assert_solvent()


def test_the_hubs_bond_pays_what_a_balance_does_not(market: Market) -> None:
    market.bond()
    market.deposit("ada", 1_000)
    market.lend("ada")
    batch = market.batch([Work("ada", "north", 10_000)])
    market.end_epoch(batch.epoch)
    posted = market.post(batch)
    assert (posted.header.taken, posted.shortfall) == (1_000, 9_300)
    market.pass_window(posted)
    market.do("hub", market.contracts.settlement.finalize(posted.header, batch.parts[0].credits))
    assert market.balances() == {"north": 10_000, "treasury": 300}
    market.assert_solvent()


def test_a_forged_header_is_no_header(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000)])
    lent.end_epoch(batch.epoch)
    posted = lent.post(batch)
    lent.pass_window(posted)
    forged = replace(posted.header, credits=posted.header.credits + 1)
    with pytest.raises(Reverted, match="UnknownHeader"):
        lent.do("hub", lent.contracts.settlement.finalize(forged, batch.parts[0].credits))


def test_a_header_is_found_however_few_blocks_a_node_searches(lent: Market) -> None:
    batch = lent.batch([Work("ada", "north", 10_000)])
    lent.end_epoch(batch.epoch)
    lent.anvil.mine(4)
    posted = lent.post(batch)
    lent.anvil.mine(3)
    stamp, key = lent.anvil.chain.stamp(), (batch.hub, batch.vault, batch.epoch, 0)
    for span in (1, 2, 100):
        found = lent.contracts.settlement.find_part(*key, epoch_seconds=lent.epoch_seconds, at=stamp, log_span=span)
        assert found == posted


def test_nothing_was_posted_where_nothing_was_posted(lent: Market) -> None:
    settlement, stamp = lent.contracts.settlement, lent.anvil.chain.stamp()
    vault = lent.contracts.vault.address
    assert settlement.last_epoch(address("hub"), vault, at=stamp) is None
    assert settlement.find_part(address("hub"), vault, 5, 0, epoch_seconds=20, at=stamp) is None
