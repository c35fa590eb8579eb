"""A rule that is stated in several places holds in each of them, and names the field there."""

from collections import Counter

import pytest

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.adapters.kube.resources import path_of, ref_of
from hansa_operator.adapters.kube.session import Session
from hansa_operator.api.crd import build_crds
from hansa_operator.api.kinds import KINDS
from hansa_operator.ports.kube import Invalid
from tests.integration.kube.manifests import manifest
from tests.integration.kube.places import BOUNDED, VALUES, Place, list_places, planted, schema_of

NAMESPACE = "default"
"""Each object has a name of its own and is refused or removed at once: a namespace for each would cost more than it."""
PLACES = list(list_places())
OF_KINDS = {
    "AIJob": 56,
    "AIService": 20,
    "CreditLine": 9,
    "Hub": 22,
    "Provider": 14,
    "ProviderPool": 14,
    "Settlement": 10,
}
SCHEMAS = {crd["spec"]["names"]["kind"]: schema_of(crd) for crd in build_crds()}


def of(part: str) -> list[Place]:
    return [place for place in PLACES if place.path[0] == part]


@pytest.mark.parametrize("place", of("spec"), ids=str)
async def test_refused_in_a_spec(place: Place, kube: KubeClient, unique: str) -> None:
    wrong = planted(SCHEMAS[place.kind], manifest(place.kind, unique, NAMESPACE), place.path, place.wrong)
    with pytest.raises(Invalid) as refused:
        await kube.create(wrong)
    assert place.field in str(refused.value)
    assert place.message in str(refused.value)


@pytest.mark.parametrize("place", of("status"), ids=str)
async def test_refused_in_a_status(place: Place, kube: KubeClient, kube_session: Session, unique: str) -> None:
    made = await kube.create(manifest(place.kind, unique, NAMESPACE))
    try:
        wrong = planted(SCHEMAS[place.kind], made, place.path, place.wrong)
        with pytest.raises(Invalid) as refused:
            await kube_session.put(path_of(ref_of(made), "status"), wrong)
        assert place.field in str(refused.value)
        assert place.message in str(refused.value)
    finally:
        await kube.delete(ref_of(made))


@pytest.mark.parametrize("kind", KINDS)
async def test_no_objects_name_is_longer_than_a_label(kind: str, kube: KubeClient) -> None:
    with pytest.raises(Invalid, match=r"metadata\.name must have at most 63 characters: choose a shorter name"):
        await kube.create(manifest(kind, "a" * 64, NAMESPACE))


def test_no_rule_was_lost_in_any_place() -> None:
    """What is tried above follows from the schemas, so that a rule which is not in one any more would not be missed."""
    stands = Counter(next((begin for begin in VALUES if one.message.startswith(begin)), "") for one in PLACES)
    assert stands == {begin: number for begin, (_, _, number) in VALUES.items()} | {"": 2 * BOUNDED}
    assert Counter(one.kind for one in PLACES) == OF_KINDS
