"""The largest part, with payees that were never paid before, fits into one transaction, posted and finalized."""

from hansa_protocol.identity import Address, address_from_bytes, keccak
from hansa_protocol.parts import MAX_PAYEES, MAX_ROWS
from hansa_protocol.signing import address_of, sign
from tests.fixtures.anvil import WHOLE, Account
from tests.integration.chain.market import Market, Work

MOST_GAS, MOST_BYTES = 16_000_000, 120 * 1024
LINES_A_TRANSACTION = 125


def customers(count: int) -> list[Account]:
    keys = [keccak(b"customer" + bytes([i % 256, i // 256])) for i in range(count)]
    return [Account(key, address_of(key)) for key in keys]


def payees(count: int) -> list[Address]:
    return [address_from_bytes(keccak(b"payee" + bytes([i % 256, i // 256]))[:20]) for i in range(count)]


def open_lines(market: Market, accounts: list[Account]) -> None:
    lines = market.contracts.credit_lines
    signed = []
    for one in accounts:
        line = market.line_of(one.address, tenant="many", cap=WHOLE)
        signed.append((line, sign(line.digest(lines.domain), one.key)))
    for start in range(0, len(signed), LINES_A_TRANSACTION):
        market.do("hub", lines.open_batch(signed[start : start + LINES_A_TRANSACTION]))


def test_a_part_of_the_most_rows_fits_into_one_transaction(market: Market) -> None:
    market.bond()
    accounts = customers(MAX_ROWS - MAX_PAYEES)
    open_lines(market, accounts)
    works = [
        Work(accounts[number % len(accounts)].address, payee, 10_000 + number, job=f"job {number}")
        for number, payee in enumerate(payees(MAX_PAYEES))
    ]
    batch = market.batch(works)
    assert (len(batch.parts), len(batch.parts[0].debits) + len(batch.parts[0].credits)) == (1, MAX_ROWS)
    market.end_epoch(batch.epoch)
    post = market.post_call(batch)
    posting = market.do("hub", post)
    posted = market.posted(batch)
    market.pass_window(posted)
    finalize = market.contracts.settlement.finalize(posted.header, batch.parts[0].credits)
    finalizing = market.do("hub", finalize)
    assert max(posting.gas_used, finalizing.gas_used) < MOST_GAS
    assert max(len(post.data), len(finalize.data)) < MOST_BYTES
    balance = market.contracts.vault.balance_of(payees(MAX_PAYEES)[-1], at="latest")
    assert balance == 10_000 + MAX_PAYEES - 1
