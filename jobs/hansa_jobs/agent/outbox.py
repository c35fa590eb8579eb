"""What the agent must not forget about an attempt, kept on disk until the hub has it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hansa_jobs.agent.metering import Issued
from hansa_jobs.runner.spool import read_json, write_json
from hansa_jobs.wire import HubMessage, ReceiptMessage, Terms


class Kept(BaseModel):
    """Be read from and written to JSON; frozen."""

    model_config = ConfigDict(frozen=True)


class SignedReceipt(Kept):
    """Hold the latest receipt of an epoch and whether the hub has it."""

    message: ReceiptMessage
    acknowledged: bool = False

    @property
    def issued(self) -> Issued:
        """Return what metering needs to know of it."""
        receipt = self.message.receipt
        return Issued(receipt.seq, receipt.to_ms, receipt.outcome)


class Attempt(Kept):
    """Follow one attempt; times in the hub's unix ms. `ended` once its runner is over."""

    terms: Terms
    from_ms: int
    alive_ms: int
    ended: bool = False
    claimed_ms: int = 0
    log_size: int = 0
    result_sent: bool = False
    report_sent: bool = False
    receipts: dict[int, SignedReceipt] = {}

    @property
    def path(self) -> str:
        """Return how the gateway's paths name it."""
        return f"{self.terms.job_id}/{self.terms.attempt}"

    @property
    def pending(self) -> list[int]:
        """Return the epochs whose latest receipt the hub does not have."""
        return sorted(epoch for epoch, receipt in self.receipts.items() if not receipt.acknowledged)


class Outbox:
    """Keep attempts in a folder, each a file; what is finished moves to `done/` as evidence for the provider."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "done").mkdir(parents=True, exist_ok=True)
        self.attempts: dict[str, Attempt] = {}
        for path in folder.glob("attempt-*.json"):
            attempt = Attempt.model_validate_json(path.read_text())
            self.attempts[attempt.terms.submission_id] = attempt

    def put(self, attempt: Attempt) -> None:
        """Keep an attempt durably."""
        name = attempt.terms.submission_id
        if self.attempts.get(name) != attempt:
            write_json(self._folder / f"attempt-{name}.json", attempt.model_dump(mode="json"))
            self.attempts[name] = attempt

    def finish(self, name: str) -> None:
        """Move an attempt's file to the evidence."""
        del self.attempts[name]
        (self._folder / f"attempt-{name}.json").replace(self._folder / "done" / f"{name}.json")

    def is_done(self, name: str) -> bool:
        """Return whether an attempt was finished before."""
        return (self._folder / "done" / f"{name}.json").exists()

    def hub(self) -> tuple[HubMessage, int] | None:
        """Return the hub as last met, and its time less this machine's."""
        content = read_json(self._folder / "hub.json")
        return None if content is None else (HubMessage.model_validate(content["hub"]), int(content["offset_ms"]))

    def put_hub(self, hub: HubMessage, offset_ms: int) -> None:
        """Remember the hub for a start during its outage."""
        write_json(self._folder / "hub.json", {"hub": hub.model_dump(mode="json"), "offset_ms": offset_ms})
