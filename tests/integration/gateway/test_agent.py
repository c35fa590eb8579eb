"""The agent's process against the real gateway: outages, kills, and messages that must be refused."""

import asyncio
import hashlib
import io
import random

import aiohttp
import pytest

from hansa_operator.adapters.gateway import Gateway, Limits
from hansa_operator.ports.intake import Assignment, HubInfo, IntakeRefused
from hansa_protocol.signing import recover
from tests.integration.gateway.parts import DOMAIN, NAME, signed, start_agent, start_runner, until
from tests.metered import AGENT, AGENT_KEY, CUSTOMER, HUB, JOB_ID, VAULT


class Recording:
    def __init__(self):
        self.receipts, self.reports, self.results, self.text, self.claims = {}, [], [], b"", []

    def hub(self):
        return HubInfo(31337, HUB, HUB, 5)

    async def heartbeat(self, sender, beat):
        assert sender == AGENT
        self.claims += beat.running
        return [Assignment(NAME, JOB_ID, 0, VAULT, CUSTOMER, 3_600_000, 2, False)]

    async def receipt(self, sender, receipt, signature):
        assert recover(receipt.digest(DOMAIN), signature) == sender
        assert receipt.to_ms <= max(claim.to_ms for claim in self.claims)
        self.receipts[receipt.epoch] = receipt

    async def log(self, sender, job_id, attempt, offset, data):
        assert offset <= len(self.text)
        self.text = self.text[:offset] + data
        return len(self.text)

    async def report(self, sender, job_id, attempt, report):
        self.reports.append(report)

    async def result(self, sender, job_id, attempt, data):
        self.results.append(data)
        return hashlib.sha256(data).hexdigest()

    async def ious(self, sender):
        return []

    async def read_log(self, job_id, attempt, key, offset, limit):
        if key != "K":
            raise IntakeRefused(403, "WrongKey", "take the uri of status.logs")
        return self.text[offset : offset + limit], bool(self.reports)

    async def read_result(self, job_id, attempt, key):
        return b"zip"

    @property
    def final(self):
        return any(receipt.outcome for receipt in self.receipts.values())


@pytest.mark.parametrize("trouble", ["none", "gateway away", "agent killed"])
async def test_every_alive_millisecond_is_receipted_once(tmp_path, trouble):
    intake = Recording()
    gateway = Gateway(intake, "127.0.0.1", 0)
    port = await gateway.start()
    runner = await start_runner(tmp_path)
    agent = await start_agent(tmp_path, port)
    try:
        await until(lambda: intake.receipts)
        if trouble == "gateway away":
            await gateway.stop()
            await runner.wait()
            gateway = Gateway(intake, "127.0.0.1", port)
            await gateway.start()
        if trouble == "agent killed":
            agent.kill()
            await agent.wait()
            agent = await start_agent(tmp_path, port)
        await until(lambda: intake.final)
    finally:
        agent.terminate()
        assert await asyncio.wait_for(agent.wait(), 10) == 0
        await runner.wait()
        await gateway.stop()
    report = intake.reports[0]
    assert (intake.text, report.reason, len(intake.results)) == (b"one\ntwo\n", "Completed", 1)
    used = sum(receipt.gpu_milliseconds for receipt in intake.receipts.values())
    assert used == 2 * (report.end_ms - report.start_ms)
    assert sum(receipt.outcome == 1 for receipt in intake.receipts.values()) == 1


async def test_what_must_be_refused_is_refused():
    gateway = Gateway(Recording(), "127.0.0.1", 0, Limits(body_seconds=0.3, burst=20, rate=1))
    url = f"http://127.0.0.1:{await gateway.start()}"
    path, body = "/v1/heartbeats", b'{"inventory":[],"running":[]}'

    async def slow():
        yield body[:5]
        await asyncio.sleep(1)
        yield body[5:]

    cases = [
        (signed("POST", path, body), body, 200),
        (signed("POST", path, b"other"), body, 401),
        (signed("POST", path, body, key=b"\x09" * 32), body, 401),
        (signed("POST", path, body, at=1), body, 401),
        ({}, body, 401),
        (signed("POST", path, b"{}"), b"{}", 400),
        (signed("POST", path, body), io.BytesIO(b"x" * 1_100_000), 413),
        (signed("POST", path, body), slow(), 408),
    ]
    try:
        async with aiohttp.ClientSession() as session:
            for headers, data, status in cases:
                async with session.post(url + path, data=data, headers=headers) as reply:
                    assert (reply.status, set(await reply.json()) >= {"reason"}) == (status, status != 200)
            async with session.get(f"{url}/v1/logs/{JOB_ID}/0?key=wrong") as reply:
                assert reply.status == 403
            seen = []
            for _ in range(40):
                async with session.post(url + path, data=body, headers=signed("POST", path, body)) as reply:
                    seen.append(reply.status)
            assert seen[-1] == 429
    finally:
        await gateway.stop()


async def test_ten_thousand_random_requests_are_refused_and_the_gateway_still_answers():
    gateway = Gateway(Recording(), "127.0.0.1", 0, Limits(rate=1e6, burst=10**6))
    url = f"http://127.0.0.1:{await gateway.start()}"
    chance = random.Random(7)
    paths = [
        "/v1/heartbeats",
        "/v1/receipts",
        f"/v1/reports/{JOB_ID}/0",
        f"/v1/results/{JOB_ID}/0",
        f"/v1/logs/{JOB_ID}/0",
    ]

    async def fire(session):
        for _ in range(625):
            path, body = chance.choice(paths), chance.randbytes(chance.randrange(64))
            method = chance.choice(["POST", "PUT"])
            # Any bytes are a result when the right key signed them; elsewhere the content itself is refused.
            key = b"\x09" * 32 if "results" in path else AGENT_KEY
            headers = (
                signed(method, path, body, key=key) if chance.random() < 0.3 else {"Hansa-Time": str(chance.random())}
            )
            async with session.request(method, url + path, data=body, headers=headers) as reply:
                assert 400 <= reply.status < 500

    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(240):
            await asyncio.gather(*(fire(session) for _ in range(16)))
            async with session.get(url + "/v1/hub") as reply:
                assert reply.status == 200
    finally:
        await gateway.stop()
