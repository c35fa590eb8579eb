"""What the ledger keeps of an order is that order, and can be shown on chain as it was signed."""

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.core.order.record import keep_order, kept_order
from hansa_protocol.eip712 import Order
from hansa_protocol.identity import address_from_bytes

ADDRESSES = st.binary(min_size=20, max_size=20).map(address_from_bytes)
UINT96, UINT64 = st.integers(0, 2**96 - 1), st.integers(0, 2**64 - 1)
ORDERS = st.builds(
    Order,
    hub=ADDRESSES,
    vault=ADDRESSES,
    customer=ADDRESSES,
    service=st.integers(0, 2**32 - 1),
    spec_digest=st.binary(min_size=32, max_size=32),
    max_amount=UINT96,
    nonce=UINT64,
    expires_at=UINT64,
)


@given(ORDERS, st.binary(min_size=65, max_size=65))
def test_an_order_comes_back_as_it_was_kept(order: Order, signature: bytes) -> None:
    assert kept_order(keep_order(order, signature)) == (order, signature)
