"""When an agent signs that an attempt is over."""

import pytest

from hansa_jobs.agent.clock import HubClock
from hansa_jobs.agent.hub import Hub
from hansa_jobs.agent.outbox import Attempt, Outbox
from hansa_jobs.agent.shipping import Shipper
from hansa_jobs.wire import HubMessage, Terms
from tests.metered import AGENT_KEY, CUSTOMER, HUB, JOB_ID, VAULT

TERMS = Terms(
    submission_id="a-0", job_id=JOB_ID, attempt=0, vault=VAULT, customer=CUSTOMER, unit_price="1", gpus=1, ended=True
)
HUB_TERMS = HubMessage(chain_id=1, settlement=HUB, hub=HUB, epoch_seconds=10, server_time_ms=0)


@pytest.mark.parametrize(
    ("report_sent", "result_sent", "final"), [(False, False, False), (True, False, False), (True, True, True)]
)
def test_the_outcome_is_signed_when_report_and_result_are_sent(tmp_path, report_sent, result_sent, final):
    outbox, clock = Outbox(tmp_path), HubClock()
    shipper = Shipper(Hub(None, "", AGENT_KEY, clock), outbox, tmp_path, AGENT_KEY, clock)
    attempt = Attempt(terms=TERMS, from_ms=1, alive_ms=9, ended=True)
    outbox.put(attempt.model_copy(update={"report_sent": report_sent, "result_sent": result_sent}))
    shipper.issue("a-0", HUB_TERMS)
    receipts = outbox.attempts["a-0"].receipts.values()
    assert [signed.message.receipt.outcome != 0 for signed in receipts] == [final]
