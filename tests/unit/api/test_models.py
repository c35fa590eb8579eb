"""Models read what the API server sends, and write what it takes."""

import pytest
from pydantic import ValidationError

from hansa_operator.api.aijob import AIJob, AIJobStatus, AttemptStatus, Quote
from hansa_operator.api.meta import Condition
from hansa_operator.api.model import alias
from hansa_operator.api.settlement import TransactionStatus


@pytest.mark.parametrize(
    ("attribute", "field"),
    [
        ("job_id", "jobID"),
        ("chain_id", "chainID"),
        ("submission_id", "submissionID"),
        ("service_id", "serviceID"),
        ("tx_hash", "txHash"),
        ("ttl_seconds_after_finished", "ttlSecondsAfterFinished"),
        ("uid", "uid"),
        ("sha256", "sha256"),
    ],
)
def test_names_in_manifests_are_written_as_kubernetes_writes_them(attribute: str, field: str) -> None:
    assert alias(attribute) == field


def test_a_job_is_read_from_what_the_api_server_sends() -> None:
    job = AIJob.model_validate(
        {
            "apiVersion": "hansa.dev/v1alpha1",
            "metadata": {"name": "a", "namespace": "team", "generation": 2, "managedFields": [{}]},
            "spec": {
                "poolRef": {"name": "pool"},
                "creditLineRef": {"name": "credit"},
                "workload": {"entrypoint": ["true"]},
                "resources": {"gpus": 1, "gpuModels": ["L4"]},
                "budget": {"maxAmount": "1"},
                "scheduling": {"retries": 2, "activeDeadlineSeconds": 60},
                "fieldOfANewerVersion": {"x": 1},
            },
            "status": {
                "jobID": "0x1",
                "conditions": [{"type": "Admitted", "status": "True", "reason": "QuotaReserved"}],
            },
        }
    )
    assert (job.spec.retries, job.spec.active_deadline_seconds, job.spec.start_deadline_seconds) == (2, 60, None)
    assert job.spec.resources.gpu_models == ("L4",)
    assert job.status is not None
    assert (job.status.job_id, job.status.conditions[0].message) == ("0x1", "")


def test_a_status_is_written_without_what_is_not_set() -> None:
    attempt = AttemptStatus(index=0, provider="north", submission_id="a-0")
    status = AIJobStatus(job_id="0x1", current_attempt=attempt).manifest()
    assert status["currentAttempt"] == {"index": 0, "provider": "north", "submissionID": "a-0"}
    assert "usage" not in status


def test_a_status_survives_writing_and_reading() -> None:
    condition = Condition(type="Settled", status="False", reason="Pending", message="later", observed_generation=3)
    status = AIJobStatus(conditions=(condition,), attempts=1, quote=Quote(unit_price="2.40"))
    assert AIJobStatus.model_validate(status.manifest()) == status


def test_a_copy_is_as_valid_as_the_original() -> None:
    status = AIJobStatus().model_copy(update={"quote": {"unit_price": "2.40"}})
    assert status.quote == Quote(unit_price="2.40")
    assert status.manifest()["quote"] == {"unitPrice": "2.40"}
    with pytest.raises(ValidationError):
        status.model_copy(update={"attempts": -1})


def test_models_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TransactionStatus().nonce = 1  # type: ignore[misc]
