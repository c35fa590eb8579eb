"""The intake over a real store, at times that tests choose: what it remembers, and for how long."""

import asyncio
from dataclasses import replace

import pytest

from hansa_operator.core.readers import reader_key
from hansa_operator.ports.intake import Heartbeat, IntakeRefused, RunningClaim, RunReport
from hansa_operator.ports.ledger import AccountEntry, AccountRecord, EntryState
from hansa_protocol.eip712 import Iou
from hansa_protocol.signing import recover, sign
from tests.integration.gateway.parts import DOMAIN, NAME
from tests.integration.gateway.served import Served
from tests.metered import AGENT, AGENT_KEY, HUB, HUB_KEY, JOB_ID, PROVIDER, PUBLISHER, VAULT, build_receipt


async def test_heartbeats_at_once_do_not_lose_each_others_time(tmp_path):
    hub = Served(tmp_path, clock=lambda: 100_000)
    hub.open()
    await hub.place(placed_ms=90_000)
    claims = [RunningClaim(NAME, 90_000 + 100 * n, 90_100 + 100 * n) for n in range(50)]
    await asyncio.gather(*(hub.intake.heartbeat(AGENT, Heartbeat((), (claim,))) for claim in claims))
    assert hub.books.coverage_of(JOB_ID, 0).intervals == ((90_000, 95_000),)
    hub.store.close()


async def test_an_ended_attempt_is_assigned_until_its_final_receipt_but_not_for_ever(tmp_path):
    now = [100_000]
    hub = Served(tmp_path, clock=lambda: now[0])
    hub.open()

    async def assigned(after_ms):
        now[0] += after_ms
        return [(one.attempt, one.ended) for one in await hub.intake.heartbeat(AGENT, Heartbeat((), ()))]

    assert await assigned(0) == []
    await hub.place(placed_ms=100_000)
    assert await assigned(250) == [(0, False)]
    await hub.place(placed_ms=100_000, ended_ms=101_000)
    await hub.place(attempt=1, submission_id="abab-1", placed_ms=101_000, ended_ms=102_000)
    assert await assigned(1_000) == [(0, True)]
    assert await assigned(60_000) == [(0, True), (1, True)], "began and ended while no heartbeat came"
    final = build_receipt(epoch=20, from_ms=100_000, to_ms=101_000, outcome=1)
    await hub.intake.receipt(AGENT, final, sign(final.digest(DOMAIN), AGENT_KEY))
    assert await assigned(1_000) == [(1, True)]
    assert await assigned(900_000) == []
    hub.store.close()


async def test_a_log_is_complete_when_the_attempt_ended_or_its_report_came(tmp_path):
    hub = Served(tmp_path)
    hub.open()

    async def complete(attempt):
        return (await hub.intake.read_log(JOB_ID, attempt, reader_key(HUB_KEY, JOB_ID), 0, 10))[1]

    await hub.place()
    await hub.place(attempt=1, submission_id="abab-1", ended_ms=1)
    assert [await complete(0), await complete(1)] == [False, True]
    await hub.intake.report(AGENT, JOB_ID, 0, RunReport(0, "Completed", "", 1, 2, "0x" + "0" * 64, 0))
    assert [await complete(0), await complete(1)] == [True, True]
    for attempt in (0, 1):
        with pytest.raises(IntakeRefused, match="left no outputs"):
            await hub.intake.read_result(JOB_ID, attempt, reader_key(HUB_KEY, JOB_ID))
    hub.store.close()


async def test_ious_sum_what_is_billable_by_payee_and_the_batch_that_pays_it_until_it_is_paid(tmp_path):
    hub = Served(tmp_path, clock=lambda: 12_000)
    hub.open()
    await hub.place(placed_ms=0)
    await hub.intake.heartbeat(AGENT, Heartbeat((), (RunningClaim(NAME, 0, 12_000),)))
    for epoch, seq, to_ms in ((0, 0, 3_000), (0, 4, 4_000), (1, 0, 7_000)):
        receipt = build_receipt(epoch=epoch, seq=seq, from_ms=epoch * 5_000, to_ms=to_ms)
        await hub.intake.receipt(AGENT, receipt, sign(receipt.digest(DOMAIN), AGENT_KEY))

    async def ious(sender):
        found = await hub.intake.ious(sender)
        signers = {recover(one.iou.digest(DOMAIN), bytes.fromhex(one.signature[2:])) for one in found}
        assert signers <= {HUB}
        return [one.iou for one in found]

    provider_ious = [Iou(HUB, VAULT, 1, PROVIDER, 1, 8_000), Iou(HUB, VAULT, 0, PROVIDER, 5, 16_000)]
    publisher_ious = [Iou(HUB, VAULT, 1, PUBLISHER, 1, 400), Iou(HUB, VAULT, 0, PUBLISHER, 5, 800)]
    for _ in range(2):
        assert await ious(AGENT) == await ious(PROVIDER) == provider_ious
        assert await ious(PUBLISHER) == publisher_ious
        assert await ious(HUB) == []
        hub.store.close()
        hub.open()
    # Epoch 0 is sealed with what came in; what comes for it afterwards is in no batch, so nobody is promised it twice.
    hub.books.close_epoch(VAULT, 0)
    sealed = AccountEntry(0, 0, 0, 0, 4_000, 8_000, 16_000, 800, 0, 16_800, EntryState.SEALED)
    await hub.books.change_account(JOB_ID, lambda _: AccountRecord(JOB_ID, (sealed,)))
    late = build_receipt(epoch=0, seq=5, from_ms=0, to_ms=5_000, outcome=0)
    await hub.intake.receipt(AGENT, late, sign(late.digest(DOMAIN), AGENT_KEY))
    assert [iou.cumulative for iou in await ious(PROVIDER)] == [8_000, 16_000]
    paid = AccountRecord(JOB_ID, (replace(sealed, state=EntryState.FINALIZED),))
    await hub.books.change_account(JOB_ID, lambda _: paid)
    assert await ious(PROVIDER) == provider_ious[:1]
    hub.store.close()


async def test_a_receipt_counts_only_with_the_key_that_signs_in_its_epoch_on_chain(tmp_path):
    hub = Served(tmp_path, clock=lambda: 110_000)
    hub.key_from = {20: AGENT, 21: HUB}
    hub.open()
    await hub.place(placed_ms=95_000)

    async def refusal(epoch, from_ms):
        receipt = build_receipt(epoch=epoch, from_ms=from_ms, to_ms=from_ms + 1_000)
        try:
            await hub.intake.receipt(AGENT, receipt, sign(receipt.digest(DOMAIN), AGENT_KEY))
        except IntakeRefused as refused:
            return refused.status, refused.reason
        return None

    assert await refusal(19, 95_000) == (503, "ChainUnreachable"), "not known, so the agent sends it again"
    assert await refusal(20, 100_000) is None
    assert await refusal(21, 105_000) == (409, "KeyChanged")
    assert [receipt.epoch for receipt in hub.receipts] == [20]
    assert {iou.iou.epoch for iou in await hub.intake.ious(PROVIDER)} == {20}
    hub.store.close()
