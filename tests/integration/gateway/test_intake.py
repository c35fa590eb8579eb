"""The intake behind the real gateway, over a real store: what real agents send, and what others try."""

import asyncio
import io
import zipfile
from dataclasses import replace
from itertools import pairwise

import pytest

from hansa_cli.gateway import read_stream
from hansa_cli.problem import ExitCode, Problem
from hansa_jobs.agent.shipping import zip_outputs
from hansa_jobs.runner.outputs import summarise
from hansa_operator.core.metering.coverage import overlap_ms
from hansa_operator.core.readers import reader_key
from hansa_operator.ports.kube import ObjectRef
from hansa_operator.ports.ledger import SealRecord
from hansa_protocol.signing import address_of
from tests.integration.gateway.parts import NAME, start_agent, start_runner, until
from tests.integration.gateway.served import beat_body, now_ms, provider, receipt_body, report_body, serving
from tests.metered import HUB_KEY, JOB_ID, VAULT, build_receipt

OTHER_KEY, STRANGE_KEY, IDLE_KEY, SHARED_KEY = (bytes([n]) * 32 for n in (7, 8, 9, 10))
JOB = ObjectRef("AIJob", "lab", "train")
LATER = 2**62


@pytest.mark.parametrize("restart", [False, True], ids=["hub stays", "hub restarts half-way"])
async def test_every_covered_millisecond_is_billable_exactly_once(tmp_path, restart):
    async with serving(tmp_path / "hub") as hub:
        await hub.place(placed_ms=now_ms())
        runner, agent = await start_runner(tmp_path), await start_agent(tmp_path, hub.port)
        try:
            await until(lambda: hub.receipts)
            if restart:
                await hub.stop()
                covered = hub.books.coverage_of(JOB_ID, 0)
                hub.open()
                assert hub.books.coverage_of(JOB_ID, 0) == covered
                await hub.start()
            await until(lambda: any(receipt.outcome for receipt in hub.receipts))
        finally:
            agent.terminate()
            await asyncio.wait_for(agent.wait(), 10)
            await runner.wait()
        check_money(hub)
        await check_deliveries(hub)
        assert hub.changed[0] == ObjectRef("Provider", "", "berlin")
        assert hub.changed[-1] == JOB


def check_money(hub):
    """Check that receipts bill the witnessed time, all of it and none twice, and that the IOUs say the same."""
    intervals = hub.books.coverage_of(JOB_ID, 0).intervals
    report = hub.books.reports_of(JOB_ID)[0]
    covered = overlap_ms(intervals, report.start_ms, report.end_ms)
    assert all(before.to_ms <= after.from_ms for before, after in pairwise(hub.receipts))
    assert sum(receipt.billable_gpu_milliseconds for receipt in hub.receipts) == 2 * overlap_ms(intervals, 0, LATER)
    # A clock that is read twice may differ by a moment; a second would be a lost heartbeat.
    assert report.end_ms - report.start_ms - covered < 50


async def check_deliveries(hub):
    """Check what readers with the key get."""
    key = reader_key(HUB_KEY, JOB_ID)
    assert await hub.call("GET", f"/v1/logs/{JOB_ID}/0?key={key}&follow=1") == (200, b"one\ntwo\n")
    status, data = await hub.call("GET", f"/v1/results/{JOB_ID}/0?key={key}")
    assert (status, zipfile.ZipFile(io.BytesIO(data)).read("a")) == (200, b"x")
    status, answer = await hub.call("GET", "/v1/ious")
    earned = sum(receipt.billable_gpu_milliseconds * 2 for receipt in hub.receipts)
    assert (status, sum(int(iou["cumulative"]) for iou in answer["ious"])) == (200, earned)


async def test_a_sealed_batch_is_handed_out_to_who_holds_its_key(tmp_path):
    async with serving(tmp_path) as hub:
        digest, other = await hub.store.blobs.put(b"a batch"), await hub.store.blobs.put(b"a result")
        seal = SealRecord(VAULT, 7, digest, 7, "hub-7", 1, 0)
        await hub.store.ledger.seals.put(seal.key, seal)
        path, key = f"/v1/batches/{digest}?key=", reader_key(HUB_KEY, digest)
        assert await hub.call("GET", path + key) == (200, b"a batch")
        assert await hub.call("GET", path + reader_key(HUB_KEY, other)) == (403, "WrongKey")
        unsealed = f"/v1/batches/{other}?key={reader_key(HUB_KEY, other)}"
        assert await hub.call("GET", unsealed) == (404, "NoSuchBatch")
        assert await hub.call("GET", f"/v1/batches/..%2f{digest[5:]}?key={key}") == (404, "NoSuchCall")


async def test_only_the_agent_of_one_provider_may_send(tmp_path):
    # An admin's yes is about new jobs: who has it not, or no longer, still has to tell what runs.
    others = [provider("idle", address_of(IDLE_KEY), approved=False)]
    others += [provider(name, address_of(SHARED_KEY)) for name in ("left", "right")]
    async with serving(tmp_path, *others) as hub:
        await hub.place(placed_ms=now_ms())
        answers = {
            key: (await hub.call("POST", "/v1/heartbeats", beat_body(), key=key))[1]
            for key in (STRANGE_KEY, IDLE_KEY, SHARED_KEY)
        }
        assert (answers[STRANGE_KEY], answers[SHARED_KEY]) == ("UnknownAgent", "AmbiguousAgent")
        assert answers[IDLE_KEY]["assignments"] == []
        assert [ref.name for ref in hub.changed] == ["idle"]


async def test_another_providers_agent_has_no_part_in_an_attempt(tmp_path):
    async with serving(tmp_path, provider("hamburg", address_of(OTHER_KEY))) as hub:
        start = now_ms() - 6_000
        await hub.place(placed_ms=start)
        beat = beat_body((NAME, start, start + 5_000), ("unknown-0", start, start + 5_000))
        status, answer = await hub.call("POST", "/v1/heartbeats", beat, key=OTHER_KEY)
        assert (status, answer["assignments"]) == (200, [])
        assert hub.books.coverage_of(JOB_ID, 0).intervals == ()
        calls = [
            ("POST", "/v1/receipts", receipt_body(build_receipt(), key=OTHER_KEY)),
            ("PUT", f"/v1/logs/{JOB_ID}/0?offset=0", b"mine"),
            ("POST", f"/v1/reports/{JOB_ID}/0", report_body()),
            ("PUT", f"/v1/results/{JOB_ID}/0", b"mine"),
        ]
        for call in calls:
            assert await hub.call(*call, key=OTHER_KEY) == (403, "NotYourAttempt")
            nowhere = (call[0], call[1].replace("/0", "/1"), call[2])
            if call != calls[0]:
                assert await hub.call(*nowhere) == (404, "NoSuchAttempt")


async def test_a_forged_receipt_is_refused(tmp_path):
    async with serving(tmp_path) as hub:
        epoch = now_ms() // 5_000 - 1
        times = {"epoch": epoch, "from_ms": epoch * 5_000, "to_ms": epoch * 5_000 + 1_000}
        await hub.place(placed_ms=epoch * 5_000)
        honest = build_receipt(**times)
        forged = replace(honest, provider_amount=honest.provider_amount + 1)
        huge = replace(honest, provider_amount=2**95)
        cases = [
            (receipt_body(forged), (409, "WrongAmount")),
            (receipt_body(huge), (409, "WrongAmount")),
            (receipt_body(honest, key=OTHER_KEY), (401, "BadSignature")),
            (receipt_body(replace(honest, attempt=1)), (404, "NoSuchAttempt")),
        ]
        for body, answer in cases:
            assert await hub.call("POST", "/v1/receipts", body) == answer
        assert hub.receipts == ()
        assert await hub.call("POST", "/v1/receipts", receipt_body(honest)) == (200, {})
        assert await hub.call("POST", "/v1/receipts", receipt_body(honest)) == (200, {})
        assert [(known.seq, known.billable_gpu_milliseconds) for known in hub.receipts] == [(0, 0)]


async def test_outputs_are_kept_when_the_report_vouches_for_them(tmp_path):
    folder = tmp_path / "outputs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "b").write_bytes(b"12")
    (folder / "ä").write_bytes(b"")
    data, digest = zip_outputs(folder), summarise(folder, 100).digest
    epoch = now_ms() // 5_000 - 1
    final = build_receipt(epoch=epoch, from_ms=epoch * 5_000, to_ms=epoch * 5_000 + 1_000, outcome=1)
    report, result = f"/v1/reports/{JOB_ID}/0", f"/v1/results/{JOB_ID}/0"
    read = f"{result}?key={reader_key(HUB_KEY, JOB_ID)}"
    async with serving(tmp_path / "hub") as hub:
        await hub.place(placed_ms=epoch * 5_000)
        steps = [
            ("GET", read, b"", (404, "StillRunning")),
            ("PUT", result, data, (425, "ReportFirst")),
            ("POST", report, report_body(), (200, {})),
            ("POST", report, report_body(), (200, {})),
            ("PUT", result, data, (409, "DigestMismatch")),
            ("GET", read, b"", (404, "NotHereYet")),
            ("POST", report, report_body(digest), (200, {})),
            ("PUT", result, b"PK no zip", (400, "BadZip")),
        ]
        for method, path, body, answer in steps:
            assert await hub.call(method, path, body) == answer
        assert hub.changed == [JOB, JOB]
        for _ in range(2):
            status, kept = await hub.call("PUT", result, data)
            assert (status, kept["digest"]) == (200, hub.books.reports_of(JOB_ID)[0].result_blob)
        assert await hub.call("GET", read) == (200, data)
        assert await hub.call("POST", report, report_body()) == (200, {})
        assert await hub.call("GET", read) == (404, "NotHereYet"), "those were another report's outputs"
        assert await hub.call("POST", report, report_body(digest)) == (200, {})
        assert (await hub.call("PUT", result, data))[0] == 200
        hub.changed.clear()
        assert await hub.call("GET", f"{result}?key=%C3%A4") == (403, "WrongKey")
        assert await hub.call("POST", "/v1/receipts", receipt_body(final)) == (200, {})
        assert await hub.call("POST", report, report_body(digest)) == (200, {})
        assert await hub.call("POST", report, report_body(digest, message="oh")) == (409, "AttemptIsOver")
        assert hub.changed == [JOB]


async def test_a_log_grows_without_gaps_up_to_its_bound_and_a_full_store_is_told_apart(tmp_path):
    path = f"/v1/logs/{JOB_ID}/0"
    async with serving(tmp_path) as hub:
        await hub.place(placed_ms=now_ms())
        (tmp_path / "logs").write_text("in the way")
        assert await hub.call("PUT", f"{path}?offset=0", b"one") == (503, "StoreFull")
        (tmp_path / "logs").unlink()
        assert await hub.call("PUT", f"{path}?offset=0", b"one") == (200, {"size": 3})
        assert await hub.call("PUT", f"{path}?offset=1", b"nexus") == (200, {"size": 6})
        assert await hub.call("PUT", f"{path}?offset=9", b"two") == (409, "LogGap")
        assert await hub.call("PUT", f"{path}?offset={64 * 1024**2 - 2}", b"two") == (413, "LogFull")
        assert await hub.call("GET", f"{path}?key=wrong") == (403, "WrongKey")


async def test_the_command_line_tells_a_refusal_in_the_gateways_words(tmp_path):
    async with serving(tmp_path) as hub:
        address = f"http://127.0.0.1:{hub.port}/v1/logs/{JOB_ID}/0?key=wrong"
        with pytest.raises(Problem, match="the gateway refuses: the key does not open this job") as raised:
            await asyncio.to_thread(list, read_stream(address))
    assert raised.value.remedy.startswith("take the whole URI of status.logs")
    assert raised.value.code is ExitCode.REFUSED
