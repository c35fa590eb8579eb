"""What cannot be had here is said before a job runs, with what to do instead."""

import pytest

from hansa_operator.api.workload import Workload
from hansa_operator.core.job.life import decide_job
from tests.builders import aijob, facts, product, references

ARCHIVE = {"uri": "https://host/code.zip", "sha256": "ab" * 32}


def decide(**changes):
    return decide_job(facts(**changes))


def stalled(decision):
    found = next((one for one in decision.status.conditions if one.type == "Stalled"), None)
    return (found.reason, found.message) if found is not None else None


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"outputs": {"uri": "s3://bucket/x"}}, "OutputsUnsupported"),
        ({"outputs": {"secretRef": {"name": "s"}}}, "OutputsUnsupported"),
        (
            {"workload": {"entrypoint": ["x"], "runtimeEnv": {"pyModules": ["https://h/m.zip"]}}},
            "RuntimeEnvUnsupported",
        ),
    ],
)
def test_a_wish_that_no_part_fulfils_is_refused_and_not_left_out(spec, reason):
    found = stalled(decide(job=aijob(**spec)))
    assert found is not None
    assert found[0] == reason


def test_outputs_with_a_bound_alone_are_fine():
    assert stalled(decide(job=aijob(outputs={"maxBytes": 1000}))) is None


def test_a_pool_that_cannot_work_is_named_with_its_own_words():
    reason, message = stalled(decide(references=references(pool_problem="the backend is missing")))
    assert (reason, "the backend is missing" in message) == ("PoolStalled", True)


def test_a_product_brings_its_code_in_an_archive():
    loose = Workload.model_validate({"entrypoint": ["x"], "source": {"configMapRef": {"name": "code"}}})
    packed = Workload.model_validate({"entrypoint": ["x"], "source": {"archive": ARCHIVE}})
    assert stalled(decide(references=references(product=product(workload=loose))))[0] == "SourceUnsupported"
    assert stalled(decide(references=references(product=product(workload=packed)))) is None
