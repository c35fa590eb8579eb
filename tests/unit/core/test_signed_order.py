"""An order is read as it was signed, and used for nothing else."""

from dataclasses import replace

import pytest

from hansa_operator.api.aijob import Order
from hansa_operator.core.order.signed_order import OrderObjection, check_work, read_order, state_order
from hansa_operator.core.order.signed_work import Work
from hansa_protocol.eip712 import settlement_domain
from hansa_protocol.units import UINT96_MAX
from tests.builders import aijob
from tests.metered import CUSTOMER, HUB
from tests.ordered import DOMAIN, SIGNER, STRANGER, VAULTS, build_order, ordered, signed


def read(stated: Order, **changes):
    return read_order(stated, **{"domain": DOMAIN, "hub": HUB, "vaults": VAULTS, **changes})


def test_an_order_is_read_back_as_it_was_signed():
    order = signed()
    stated = state_order(order, decimals=6)
    assert read(stated) == order
    assert (order.signer, order.job_id) == (SIGNER, "0x" + order.digest.hex())
    assert stated.max_amount == "10"


def test_an_address_may_be_spelled_in_any_case():
    stated = state_order(signed(), decimals=6)
    lower = stated.model_copy(update={name: getattr(stated, name).lower() for name in ("hub", "vault", "customer")})
    assert read(lower) == read(stated)


def test_an_order_of_another_chain_or_contract_is_signed_by_nobody_we_know():
    stated = state_order(signed(), decimals=6)
    for domain in (settlement_domain(1, DOMAIN.verifying_contract), settlement_domain(31_337, STRANGER)):
        assert read(stated, domain=domain).signer != SIGNER
        assert read(stated, domain=domain).job_id != signed().job_id


UNREADABLE = {
    "another hub": ({"hub": STRANGER}, "for hub"),
    "a vault that the hub does not serve": ({"vault": STRANGER}, "does not serve"),
    "digits that the token does not have": ({"max_amount": "1.0000001"}, "6 decimals"),
    "an amount beyond 96 bits": ({"max_amount": "9" * 40}, "more than an order can hold"),
}


@pytest.mark.parametrize(("changes", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_this_hub_cannot_read_is_refused_with_a_remedy(changes, told):
    objection = read(state_order(signed(), decimals=6).model_copy(update=changes))
    assert isinstance(objection, OrderObjection)
    assert objection.reason == "OrderInvalid"
    assert told in objection.message
    assert objection.message.endswith("sign another with `hansa order sign`")


def test_the_largest_amount_is_read_whole():
    order = signed(build_order(max_amount=UINT96_MAX))
    assert read(state_order(order, decimals=6)) == order


def test_bytes_that_are_no_signature_have_no_signer():
    assert replace(signed(), signature=b"\xff" * 65).signer is None


def test_an_order_is_for_the_work_that_was_signed():
    assert check_work(signed(), Work(aijob().spec)) == signed()
    other = check_work(signed(), Work(aijob(parallelism=3).spec))
    assert isinstance(other, OrderObjection)
    assert "signed for something else than this job is now" in other.message
    assert "hansa order show" in other.message


def test_a_version_of_the_list_that_is_not_known_is_refused_by_its_number():
    objection = check_work(signed(version=2), Work(aijob().spec))
    assert isinstance(objection, OrderObjection)
    assert "specVersion 2 is not known here, only 1" in objection.message


def test_an_order_survives_the_manifest_of_its_job():
    job = ordered()
    again = type(job).model_validate(job.manifest())
    assert read(again.spec.order) == signed()
    assert again.spec.order.customer == CUSTOMER
