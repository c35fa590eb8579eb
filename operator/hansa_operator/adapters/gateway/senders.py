"""What agents send: every message is signed, bounded and handed to the intake."""

import re
import time

from aiohttp import web
from pydantic import BaseModel

from hansa_jobs.wire import (
    DigestReply,
    HeartbeatMessage,
    HeartbeatReply,
    HubMessage,
    IouMessage,
    IousReply,
    ReceiptMessage,
    ReportMessage,
    SizeReply,
    Terms,
)
from hansa_operator.adapters.gateway.limits import Limits, Rates, Slots, read_body
from hansa_operator.adapters.gateway.signatures import check_sender, claimed_sender
from hansa_operator.ports.intake import (
    Assignment,
    GpuInventory,
    Heartbeat,
    Intake,
    IntakeRefused,
    RunningClaim,
    RunReport,
)
from hansa_protocol.identity import Address, parse_address

AGENTS_PER_HOST = 10
"""How many senders' rates one network address has: several agents may share a machine or a proxy."""

_JOB_ID = re.compile(r"0x[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,15}")


class Senders:
    """Handle the calls of agents."""

    def __init__(self, intake: Intake, limits: Limits) -> None:
        self._intake, self._limits = intake, limits
        self._rates = Rates(limits)
        self._addresses = Rates(limits, AGENTS_PER_HOST)
        self._uploads = Slots(limits.uploads)

    def routes(self) -> list[web.RouteDef]:
        """Return the calls by method and path."""
        return [
            web.get("/v1/hub", self._hub),
            web.post("/v1/heartbeats", self._heartbeat),
            web.post("/v1/receipts", self._receipt),
            web.put("/v1/logs/{job}/{attempt}", self._log),
            web.post("/v1/reports/{job}/{attempt}", self._report),
            web.put("/v1/results/{job}/{attempt}", self._result),
            web.get("/v1/ious", self._ious),
        ]

    async def _hub(self, request: web.Request) -> web.Response:
        self._addresses.take(request.remote or "")
        hub = self._intake.hub()
        return _reply(
            HubMessage(
                chain_id=hub.chain_id,
                settlement=parse_address(hub.settlement),
                hub=parse_address(hub.hub),
                epoch_seconds=hub.epoch_seconds,
                server_time_ms=_now_ms(),
            )
        )

    async def _heartbeat(self, request: web.Request) -> web.Response:
        sender, body = await self._signed(request, self._limits.json_bytes)
        message = HeartbeatMessage.model_validate_json(body)
        inventory = tuple(GpuInventory(gpus.model, gpus.count, gpus.memory_bytes) for gpus in message.inventory)
        running = tuple(RunningClaim(claim.submission_id, claim.from_ms, claim.to_ms) for claim in message.running)
        assignments = await self._intake.heartbeat(sender, Heartbeat(inventory, running))
        terms = tuple(_terms(assignment) for assignment in assignments)
        return _reply(HeartbeatReply(server_time_ms=_now_ms(), assignments=terms))

    async def _receipt(self, request: web.Request) -> web.Response:
        sender, body = await self._signed(request, self._limits.json_bytes)
        message = ReceiptMessage.model_validate_json(body)
        await self._intake.receipt(sender, message.receipt.receipt(), bytes.fromhex(message.signature[2:]))
        return web.json_response({})

    async def _log(self, request: web.Request) -> web.Response:
        job, attempt = attempt_of(request)
        offset = number(request.query.get("offset", ""), "offset")
        sender, body = await self._signed(request, self._limits.log_bytes)
        return _reply(SizeReply(size=await self._intake.log(sender, job, attempt, offset, body)))

    async def _report(self, request: web.Request) -> web.Response:
        job, attempt = attempt_of(request)
        sender, body = await self._signed(request, self._limits.json_bytes)
        message = ReportMessage.model_validate_json(body)
        await self._intake.report(sender, job, attempt, RunReport(**message.model_dump(by_alias=False)))
        return web.json_response({})

    async def _result(self, request: web.Request) -> web.Response:
        job, attempt = attempt_of(request)
        with self._uploads:
            sender, body = await self._signed(request, self._limits.result_bytes, self._limits.result_seconds)
            return _reply(DigestReply(digest=await self._intake.result(sender, job, attempt, body)))

    async def _ious(self, request: web.Request) -> web.Response:
        sender, _ = await self._signed(request, 0)
        ious = tuple(IouMessage.of(signed.iou, signed.signature) for signed in await self._intake.ious(sender))
        return _reply(IousReply(ious=ious))

    async def _signed(
        self, request: web.Request, max_bytes: int, seconds: float | None = None
    ) -> tuple[Address, bytes]:
        claimed = claimed_sender(request, self._limits)
        # The host pays for signatures that are not checked yet: nobody can spend another sender's rate.
        self._addresses.take(request.remote or "")
        body = await read_body(request, max_bytes, seconds or self._limits.body_seconds)
        check_sender(request, body, claimed, self._intake.hub())
        self._rates.take(claimed)
        return claimed, body


def attempt_of(request: web.Request) -> tuple[str, int]:
    """Return the job id and attempt in a path; raises IntakeRefused 404 for what cannot be one."""
    job, attempt = request.match_info["job"], request.match_info["attempt"]
    if _JOB_ID.fullmatch(job) is None or re.fullmatch(r"[0-9]{1,9}", attempt) is None:
        what = "a job is named by its jobID (0x and 64 hex digits) and the attempt's number"
        raise IntakeRefused(404, "NoSuchAttempt", what)
    return job, int(attempt)


def number(text: str, name: str) -> int:
    """Return a number of a query; raises IntakeRefused 400."""
    if _NUMBER.fullmatch(text) is None:
        raise IntakeRefused(400, "BadMessage", f"{name} is a whole number of at most 15 digits")
    return int(text)


def _terms(assignment: Assignment) -> Terms:
    return Terms(
        submission_id=assignment.submission_id,
        job_id=assignment.job_id,
        attempt=assignment.attempt,
        vault=parse_address(assignment.vault),
        customer=parse_address(assignment.customer),
        unit_price=str(assignment.unit_price),
        gpus=assignment.gpus,
        ended=assignment.ended,
    )


def _reply(message: BaseModel) -> web.Response:
    return web.Response(text=message.model_dump_json(), content_type="application/json")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
