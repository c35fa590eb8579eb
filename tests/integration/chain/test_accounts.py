"""Money comes in, waits and goes out; bonds, lines and services are what their owners made them."""

import pytest
from eth_account import Account as EthAccount

from hansa_chain.errors import Reverted
from hansa_chain.vault import PendingWithdrawal
from hansa_protocol.identity import ZERO_ADDRESS
from hansa_protocol.units import Wei
from tests.fixtures.anvil import ACCOUNTS, WHOLE
from tests.integration.chain.market import Market, address


def test_a_withdrawal_is_paid_to_any_address_after_its_delay(market: Market) -> None:
    vault, token = market.contracts.vault, market.contracts.token
    market.deposit("ada", 10 * WHOLE)
    market.do("ada", vault.request_withdrawal(Wei(4 * WHOLE)))
    pending = vault.pending_withdrawal(address("ada"), at="latest")
    delay = market.deployment.profile.withdrawal
    assert pending == PendingWithdrawal(Wei(4 * WHOLE), market.anvil.chain.stamp().timestamp + delay)
    with pytest.raises(Reverted, match=f"paid from {pending.available_at}"):
        market.do("ada", vault.withdraw(address("ben"), Wei(WHOLE)))
    market.anvil.advance_to(pending.available_at)
    before = token.balance_of(address("ben"), at="latest")
    market.do("ada", vault.withdraw(address("ben"), Wei(WHOLE)))
    assert token.balance_of(address("ben"), at="latest") == before + WHOLE
    assert vault.pending_withdrawal(address("ada"), at="latest").amount == 3 * WHOLE
    market.do("ada", vault.cancel_withdrawal())
    assert market.balances() == {"ada": 9 * WHOLE}
    market.assert_solvent()


def test_a_deposit_needs_no_approval_with_a_permit(market: Market) -> None:
    token, vault = market.contracts.token, market.contracts.vault
    deadline = market.anvil.chain.stamp().timestamp + 600
    permit = EthAccount.sign_typed_data(
        ACCOUNTS["ada"].key,
        {
            "name": "Hansa development token",
            "version": "1",
            "chainId": market.anvil.chain.chain_id,
            "verifyingContract": token.address,
        },
        {"Permit": [_field(text) for text in _PERMIT]},
        {"owner": address("ada"), "spender": vault.address, "value": WHOLE, "nonce": 0, "deadline": deadline},
    )
    signature = bytes(permit.signature)
    market.do("ada", vault.deposit_with_permit(address("ben"), Wei(WHOLE), deadline=deadline, signature=signature))
    assert market.balances() == {"ben": WHOLE}


_PERMIT = ("address owner", "address spender", "uint256 value", "uint256 nonce", "uint256 deadline")


def _field(text: str) -> dict[str, str]:
    kind, name = text.split(" ")
    return {"name": name, "type": kind}


def test_a_line_in_a_batch_is_in_force_and_bounds_what_is_safe(market: Market) -> None:
    lines, vault = market.contracts.credit_lines, market.contracts.vault.address
    settlement, hub = market.contracts.settlement.address, address("hub")
    market.deposit("ada", 10 * WHOLE)
    market.lend("ada", "ben", cap=3 * WHOLE)
    terms = lines.line_in_force(address("ada"), settlement, hub, vault, market.epoch(), at="latest")
    assert terms is not None
    assert (terms.cap, terms.from_epoch, terms.order_signer) == (3 * WHOLE, market.epoch(), ZERO_ADDRESS)
    assert lines.line_of(address("ada"), settlement, hub, vault, at="latest") == (terms, None)
    safe = [lines.safe_amount(address(name), settlement, hub, vault, at="latest") for name in ("ada", "ben")]
    assert safe == [3 * WHOLE, 0]
    assert lines.nonce_of(address("ada"), vault, at="latest") == 1
    assert lines.caps_of(address("ada"), vault, at="latest") == 3 * WHOLE


def test_a_revoked_line_is_in_force_until_its_notice_is_over(market: Market) -> None:
    lines, vault = market.contracts.credit_lines, market.contracts.vault.address
    settlement, hub = market.contracts.settlement.address, address("hub")
    market.lend("ada")
    market.do("ada", lines.revoke(settlement, hub, vault))
    current, after = lines.line_of(address("ada"), settlement, hub, vault, at="latest")
    assert current is not None
    assert after is not None
    assert (current.cap, after.cap) == (100 * WHOLE, 0)
    last = after.from_epoch
    notice = market.deployment.profile.notice
    assert last * market.epoch_seconds >= market.anvil.chain.stamp().timestamp + notice
    in_force = [lines.line_in_force(address("ada"), settlement, hub, vault, e, at="latest") for e in (last - 1, last)]
    assert [terms is not None for terms in in_force] == [True, False]


def test_a_provider_bonds_and_leaves_after_the_unbonding(market: Market) -> None:
    providers, vault = market.contracts.providers, market.contracts.vault.address
    key = address("ben")
    assert providers.receipt_key_of(address("north"), market.epoch(), at="latest") is None
    approve = market.contracts.token.approve(providers.address, Wei(9))
    market.do(
        "north", approve, providers.register(vault, Wei(7), key), providers.top_up(vault, address("north"), Wei(2))
    )
    assert providers.is_registered(address("north"), at="latest")
    assert providers.receipt_key_of(address("north"), market.epoch(), at="latest") == key
    market.do("north", providers.request_unbond(vault, Wei(5)))
    bond = providers.bond_of(address("north"), vault, at="latest")
    assert (bond.bonded, bond.leaving) == (9, 5)
    with pytest.raises(Reverted, match="UnbondTooEarly"):
        market.do("north", providers.unbond(vault))
    market.anvil.advance_to(bond.available_at)
    market.do("north", providers.unbond(vault))
    assert market.balances() == {"north": 5}
    market.assert_solvent()


def test_a_hub_takes_out_only_what_stands_behind_nothing(market: Market) -> None:
    settlement, vault = market.contracts.settlement, market.contracts.vault.address
    market.bond(1_000)
    with pytest.raises(Reverted, match="InsufficientBond"):
        market.do("hub", settlement.request_unbond(vault, Wei(1_001)))
    market.do("hub", settlement.request_unbond(vault, Wei(400)))
    bond = settlement.bond_of(address("hub"), vault, at="latest")
    assert (bond.total, bond.covering, bond.leaving) == (1_000, 0, 400)
    assert settlement.free_bond(address("hub"), vault, at="latest") == 600
    market.anvil.advance_to(bond.available_at)
    market.do("hub", settlement.unbond(vault))
    assert market.balances() == {"hub": 400}


def test_a_service_is_found_by_name_and_by_id(market: Market) -> None:
    services, author = market.contracts.services, address("author")
    service_id = market.publish(royalty_bps=1_500)
    found = services.find(author, "ocr", "1.0.0", at="latest")
    assert found == services.get(service_id, at="latest")
    assert found is not None
    assert (found.payout, found.royalty_bps, found.content_digest) == (author, 1_500, b"\1" * 32)
    assert services.find(author, "ocr", "1.0.1", at="latest") is None
    with pytest.raises(Reverted, match="AlreadyPublished"):
        market.publish(royalty_bps=1_500)


def test_the_contracts_have_the_times_of_the_profile(market: Market) -> None:
    contracts, profile = market.contracts, market.deployment.profile
    assert contracts.settlement.params(at="latest") == profile.params
    assert contracts.settlement.settle_seconds(at="latest") == profile.params.settle_seconds
    assert contracts.vault.withdrawal_delay(at="latest") == profile.withdrawal
    assert contracts.credit_lines.notice_seconds(at="latest") == profile.notice
    assert contracts.providers.unbonding_seconds(at="latest") == profile.unbonding
    assert contracts.services.max_royalty_bps(at="latest") == profile.max_royalty_bps
    assert contracts.settlement.treasury(at="latest") == address("treasury")
    assert contracts.settlement.is_vault(contracts.vault.address, at="latest")
