"""What keeps a job's work out of a batch: no line, or an order that the epoch's signer did not sign."""

from dataclasses import replace

import pytest

from hansa_operator.core.metering.obstacle import find_obstacle
from hansa_operator.core.order.record import keep_order
from hansa_operator.ports.chain import ChainStamp, CreditState
from tests.builders import record
from tests.ordered import SIGNER, STRANGER, signed

ORDER = signed()
ORDERED = replace(record(), job_id=ORDER.job_id, order=keep_order(ORDER.order, ORDER.signature))
CREDIT = CreditState(ChainStamp(1, 1), 10, 99, 0, 0, 0, 10, 0, 0)


@pytest.mark.parametrize("signer", ["", SIGNER])
def test_ordered_work_of_a_customer_with_a_line_has_no_obstacle(signer: str) -> None:
    assert find_obstacle(ORDERED, replace(CREDIT, order_signer=signer), 7) is None


def test_work_without_an_order_is_sealed_where_nobody_asks_for_one() -> None:
    assert find_obstacle(record(), CREDIT, 7) is None


@pytest.mark.parametrize("job", [record(), ORDERED])
def test_what_another_signs_for_waits_for_another_epoch(job) -> None:
    obstacle = find_obstacle(job, replace(CREDIT, order_signer=STRANGER), 7)
    assert obstacle is not None
    assert obstacle.reason == "NotOrdered"
    assert f"were not sealed with epoch 7, in which orders are signed by {STRANGER}" in obstacle.words


def test_a_customer_without_a_line_in_the_epoch_waits_for_another() -> None:
    obstacle = find_obstacle(ORDERED, replace(CREDIT, cap=0, order_signer=STRANGER), 7)
    assert obstacle is not None
    assert obstacle.reason == "NoCreditLine"
