"""Bring one attempt's log, outputs, report and receipts to the hub, in the order that lets it trust the end."""

import asyncio
import io
import logging
import zipfile
from collections.abc import Awaitable
from pathlib import Path

from hansa_jobs.agent.clock import HubClock
from hansa_jobs.agent.hub import Hub, HubRefused
from hansa_jobs.agent.metering import Due, Usage, receipts_due
from hansa_jobs.agent.outbox import Attempt, Outbox, SignedReceipt
from hansa_jobs.agent.watch import outcome_of, report_of
from hansa_jobs.runner.outputs import output_files
from hansa_jobs.runner.spool import LOG, OUTPUTS
from hansa_jobs.wire import HubMessage, ReceiptFields, ReceiptMessage, ReportMessage
from hansa_protocol.eip712 import Receipt, ReceiptOutcome, settlement_domain
from hansa_protocol.signing import sign

LOG_BLOCK = 256 * 1024
_log = logging.getLogger(__name__)


class Shipper:
    """Ship attempts of one spool."""

    def __init__(self, hub: Hub, outbox: Outbox, spool: Path, key: bytes, clock: HubClock) -> None:
        self._hub, self._outbox, self._spool, self._key, self._clock = hub, outbox, spool, key, clock

    async def ship(self, name: str, terms: HubMessage) -> bool:
        """Send everything that is due; returns whether the hub now has all of an ended attempt."""
        self.issue(name, terms)
        await self._receipts(name)
        ended = self._outbox.attempts[name].ended
        await self._ship_log(name)
        if not ended:
            return False
        await self._ship_end(name)
        self.issue(name, terms)
        attempt = self._outbox.attempts[name]
        if attempt.claimed_ms < attempt.alive_ms:
            return False  # the hub must witness the time before the final receipt that bills it
        await self._receipts(name)
        return not self._outbox.attempts[name].pending

    def issue(self, name: str, terms: HubMessage) -> None:
        """Sign the receipts that are due, and keep them before anybody sees them."""
        attempt = self._outbox.attempts[name]
        outcome, digest = ReceiptOutcome.RUNNING, "0x" + "0" * 64
        if attempt.ended and attempt.report_sent and attempt.result_sent:
            report = report_of(self._spool / name, attempt)
            outcome, digest = outcome_of(report), report.result_digest
        price = int(attempt.terms.unit_price)
        usage = Usage(attempt.from_ms, attempt.alive_ms, attempt.terms.gpus, price, outcome)
        issued = {epoch: receipt.issued for epoch, receipt in attempt.receipts.items()}
        fresh = {
            due.epoch: SignedReceipt(message=self._sign(due, attempt, terms, digest))
            for due in receipts_due(usage, issued, terms.epoch_seconds)
        }
        if fresh:
            self._outbox.put(attempt.model_copy(update={"receipts": {**attempt.receipts, **fresh}}))

    def _sign(self, due: Due, attempt: Attempt, hub: HubMessage, digest: str) -> ReceiptMessage:
        terms = attempt.terms
        receipt = Receipt(
            hub=hub.hub,
            vault=terms.vault,
            customer=terms.customer,
            job_id=bytes.fromhex(terms.job_id[2:]),
            attempt=terms.attempt,
            epoch=due.epoch,
            seq=due.seq,
            from_ms=due.from_ms,
            to_ms=due.to_ms,
            gpu_milliseconds=due.gpu_milliseconds,
            provider_amount=due.provider_amount,
            outcome=due.outcome,
            result_digest=bytes.fromhex(digest[2:]) if due.outcome else bytes(32),
        )
        signature = sign(receipt.digest(settlement_domain(hub.chain_id, hub.settlement)), self._key)
        return ReceiptMessage(receipt=ReceiptFields.of(receipt), signature="0x" + signature.hex())

    async def _receipts(self, name: str) -> None:
        for epoch in self._outbox.attempts[name].pending:
            sent = self._outbox.attempts[name].receipts[epoch]
            if sent.message.receipt.to_ms > self._outbox.attempts[name].claimed_ms:
                continue
            await _unless_refused(self._hub.receipt(sent.message))
            attempt = self._outbox.attempts[name]
            if attempt.receipts[epoch] == sent:
                known = {**attempt.receipts, epoch: sent.model_copy(update={"acknowledged": True})}
                self._outbox.put(attempt.model_copy(update={"receipts": known}))

    async def _ship_log(self, name: str) -> None:
        path = self._spool / name / LOG
        while True:
            attempt = self._outbox.attempts[name]
            data = await asyncio.to_thread(_read, path, attempt.log_size)
            if not data:
                return
            try:
                size = await self._hub.log(attempt.path, attempt.log_size, data)
            except HubRefused as refused:
                _log.error("the hub refused a log for good: %s", refused)
                size = attempt.log_size + len(data)
            self._update(name, log_size=size)

    async def _ship_end(self, name: str) -> None:
        attempt, folder = self._outbox.attempts[name], self._spool / name
        report = report_of(folder, attempt)
        if not attempt.report_sent:
            message = ReportMessage(
                exit_code=report.exit_code,
                reason=report.reason,
                message=report.message,
                start_ms=attempt.from_ms,
                end_ms=attempt.alive_ms,
                result_digest=report.result_digest,
                result_bytes=report.result_bytes,
            )
            await _unless_refused(self._hub.report(attempt.path, message))
            self._update(name, report_sent=True)
        if not attempt.result_sent:
            data = await asyncio.to_thread(zip_outputs, folder / OUTPUTS)
            if data:
                await _unless_refused(self._hub.result(attempt.path, data))
            self._update(name, result_sent=True)

    def _update(self, name: str, **changes: object) -> None:
        self._outbox.put(self._outbox.attempts[name].model_copy(update=changes))


async def _unless_refused(sending: Awaitable[None]) -> None:
    try:
        await sending
    except HubRefused as refused:
        _log.error("the hub refused a message for good: %s", refused)


def _read(path: Path, offset: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(LOG_BLOCK)
    except FileNotFoundError:
        return b""


def zip_outputs(folder: Path) -> bytes:
    """Return the zip of a folder's files, or nothing when there are none; equal files give equal bytes."""
    files = output_files(folder)
    if not files:
        return b""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
