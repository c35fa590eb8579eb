"""What an order signs of a job, field by field, and what it does not."""

import json

import pytest

from hansa_operator.api.aijob import AIJobSpec
from hansa_operator.api.aiservice import AIServiceSpec
from hansa_operator.core.order.signed_work import UnknownVersionError, Work
from hansa_protocol.identity import keccak
from tests.builders import aijob
from tests.metered import PUBLISHER
from tests.signed_jobs import BY_CONTENT, SIGNED, UNSIGNED, paths

FULL = {
    "poolRef": {"name": "gpus"},
    "creditLineRef": {"name": "line"},
    "workload": {
        "entrypoint": ["python", "träin.py"],
        "source": {"configMapRef": {"name": "code"}},
        "env": [
            {"name": "MODE", "value": "fast"},
            {"name": "KEY", "secretKeyRef": {"name": "keys", "key": "api"}},
        ],
        "runtimeEnv": {"pip": ["torch==2.9.0"]},
    },
    "resources": {"gpus": 2, "gpuModels": ["H200", "H100"], "gpuMemory": "80Gi", "cpu": "500m"},
    "placement": {"trust": "Bonded", "regions": ["eu-west"]},
    "budget": {"maxAmount": "12.50"},
    "scheduling": {"retries": 1, "activeDeadlineSeconds": 600},
}
CODE = {"träin.py": b"print(1)\n"}
LISTED = (
    '{"budget":{"maxAmount":"12.5","maxUnitPrice":""},'
    '"outputs":{"maxBytes":0,"secret":"","uri":""},'
    '"parallelism":1,'
    '"placement":{"providerSelector":{},"regions":["eu-west"],"trust":"Bonded"},'
    '"pool":"gpus",'
    '"resources":{"cpu":"1/2","gpuMemory":"85899345920","gpuModels":["H100","H200"],"gpus":2,"memory":"0"},'
    '"scheduling":{"activeDeadlineSeconds":600,"retries":1,"startDeadlineSeconds":0},'
    '"service":"",'
    '"verification":{"mode":"Sampled","verifier":""},'
    '"version":1,'
    '"workload":{"archive":"","entrypoint":["python","träin.py"],'
    '"env":[{"key":"api","name":"KEY","secret":"keys"},{"name":"MODE","value":"fast"}],'
    '"files":{"träin.py":"cc42155088fca5730758db72b2a5bca33112a941dfaa2d43098ec422ce4ea213"},'
    '"image":"","pip":["torch==2.9.0"],"pyModules":[]}}'
)


def work(files=None, **changes):
    return Work(AIJobSpec.model_validate({**FULL, **changes}), files=CODE if files is None else files)


def test_version_1_of_the_list_is_what_it_always_was():
    text = json.dumps(work().listed(1), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == LISTED
    assert work().digest(1) == keccak(LISTED.encode())


def test_every_field_of_a_job_is_signed_or_named_as_not_signed():
    assert {*SIGNED, *BY_CONTENT, *UNSIGNED} == {path for path in paths() if not path.startswith("order.")}


def test_a_version_that_is_not_known_is_told_by_its_number():
    with pytest.raises(UnknownVersionError, match="specVersion 2 is not known here, only 1"):
        work().digest(2)


SAME = {
    "an amount with other zeros": {"budget": {"maxAmount": "12.500"}},
    "models in another order": {"resources": {**FULL["resources"], "gpuModels": ["H100", "H200", "H100"]}},
    "quantities spelled otherwise": {"resources": {**FULL["resources"], "gpuMemory": 85_899_345_920, "cpu": "0.5"}},
    "variables in another order": {"workload": {**FULL["workload"], "env": FULL["workload"]["env"][::-1]}},
    "the same files under another name": {
        "workload": {**FULL["workload"], "source": {"configMapRef": {"name": "other"}}}
    },
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_what_means_the_same_is_the_same(changes):
    assert work(**changes).digest() == work().digest()


def service(**changes):
    stated = {
        "version": "1.0.0",
        "publisher": PUBLISHER,
        "payout": PUBLISHER,
        "royaltyBps": 500,
        "workload": {"entrypoint": ["python", "-m", "product"]},
        "contentDigest": "0x" + "AB" * 32,
    }
    return AIServiceSpec.model_validate({**stated, **changes})


def uses(**changes):
    return aijob(workload=None, serviceRef={"name": "product", "args": ["--fast"], **changes}).spec


def test_a_product_is_signed_by_its_content_and_by_what_it_runs():
    listed = Work(uses(), service()).listed()
    assert listed["service"] == "0x" + "ab" * 32
    assert listed["workload"]["entrypoint"] == ["python", "-m", "product", "--fast"]
    signed = Work(uses(), service()).digest()
    assert Work(uses(), service(contentDigest="0x" + "cd" * 32)).digest() != signed
    assert Work(uses(), service(workload={"entrypoint": ["sh"]})).digest() != signed
    assert Work(uses(args=["--slow"]), service()).digest() != signed
    assert Work(uses(name="mirror", digest="0x" + "ab" * 32), service()).digest() == signed
    assert Work(uses(), service(royaltyBps=0, payout=PUBLISHER.lower())).digest() == signed


def test_a_job_whose_product_is_not_known_cannot_be_signed():
    with pytest.raises(ValueError, match="the product of the job is not known"):
        Work(uses()).digest()
