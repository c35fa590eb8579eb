"""What became of an AIJob. Only the operator writes it."""

from typing import Annotated

from pydantic import Field

from hansa_operator.api.fields import Amount, Big, Count, EvmAddress, Message, NamedRef, ShortText, Time, Uri
from hansa_operator.api.meta import Status
from hansa_operator.api.model import Model


class QuoteSplit(Model):
    """Split a quote between those who earn it, in tokens."""

    provider: Amount = Field(description="To the provider.")
    publisher: Amount = Field(description="To the publisher of the service, as royalty.")
    protocol: Amount = Field(description="To the protocol, as fee.")


class Quote(Model):
    """State the most that the job can cost as things stand."""

    provider: ShortText | None = Field(default=None, description="Cheapest Provider that can take the job.")
    token: ShortText | None = Field(default=None, description="Symbol of the token.")
    unit_price: Amount | None = Field(default=None, description="Tokens per GPU-hour.")
    amount: Amount | None = Field(default=None, description="Most that the job can cost, in tokens.")
    split: QuoteSplit | None = Field(default=None, description="Who gets what of the amount.")
    expires_at: Time | None = Field(
        default=None, description="Until when the quote holds; absent: until offers change."
    )


class AttemptStatus(Model):
    """Describe one attempt."""

    index: Count = Field(description="Number of the attempt, from 0.")
    provider: ShortText | None = Field(default=None, description="Provider that runs it.")
    cluster: ShortText | None = Field(default=None, description="Ray cluster, as NAMESPACE/PROVIDER.")
    submission_id: ShortText | None = Field(default=None, description="Ray submission id.")
    start_time: Time | None = Field(default=None, description="When user code started.")
    end_time: Time | None = Field(default=None, description="When it ended.")
    outcome: ShortText | None = Field(default=None, description="How it ended: Succeeded, Failed, Stopped or Lost.")
    message: Message | None = Field(default=None, description="Excerpt of the failure.")
    unit_price: Amount | None = Field(default=None, description="Agreed tokens per GPU-hour.")
    vault: EvmAddress | None = Field(default=None, description="Vault that it is paid from.")
    exit_reason: ShortText | None = Field(default=None, description="Why the process ended, in a word.")


class Usage(Model):
    """State what was used and what it costs; written when slices are sealed and at the end."""

    gpu_milliseconds: Big = Field(description="GPU-milliseconds that are billed.")
    through_epoch: Big | None = Field(default=None, description="Last epoch with a sealed slice.")
    amount: Amount | None = Field(default=None, description="Cost so far in tokens.")
    sealed_amount: Amount | None = Field(default=None, description="Part of it in sealed slices.")
    settled_amount: Amount | None = Field(default=None, description="Part of it that is final on chain.")


class JobResult(Model):
    """Point at the outputs."""

    digest: ShortText | None = Field(default=None, description="Digest of the outputs.")
    uri: Uri | None = Field(default=None, description="Where they can be fetched.")
    size_bytes: Big | None = Field(default=None, description="Their size.")


class LogsAt(Model):
    """Point at the logs."""

    uri: Uri = Field(description="Where they can be read or followed.")


class AIJobStatus(Status):
    """Tell how far the job is, what it used, and what was paid."""

    phase: ShortText | None = Field(default=None, description="One word for people; programs use conditions.")
    reason: ShortText | None = Field(
        default=None, description="Why, in a word: the reason of the condition that matters most now."
    )
    job_id: Annotated[str, Field(max_length=66)] | None = Field(
        default=None, description="The job's id on chain, 32 bytes."
    )
    quote: Quote | None = Field(default=None, description="Most that the job can cost.")
    attempts: Count | None = Field(default=None, description="Attempts begun.")
    current_attempt: AttemptStatus | None = Field(
        default=None, description="Latest attempt; it holds capacity while it has no outcome."
    )
    recent_attempts: Annotated[tuple[AttemptStatus, ...], Field(max_length=3)] = Field(
        default=(),
        description="Attempts before it, at most three.",
        json_schema_extra={"x-kubernetes-list-type": "atomic"},
    )
    usage: Usage | None = Field(default=None, description="What was used and what it costs.")
    result: JobResult | None = Field(default=None, description="Outputs.")
    logs: LogsAt | None = Field(default=None, description="Logs.")
    last_settlement_ref: NamedRef | None = Field(default=None, description="Settlement with the job's last slice.")
