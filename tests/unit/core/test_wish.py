"""A wish of a customer narrows down who may run its job, and says why somebody may not."""

from hansa_operator.core.market.wish import ANYBODY, REGION, Wish

VISBY = {"tier": "gold", REGION: "visby"}


def why_not(wish: Wish, *, labels: dict[str, str] | None = None, bond: int = 1, memory: int = 0) -> str | None:
    return wish.why_not(VISBY if labels is None else labels, bond=bond, gpu_memory_bytes=memory)


def test_without_a_wish_anybody_will_do() -> None:
    assert why_not(ANYBODY, labels={}, bond=0) is None


def test_a_provider_needs_every_label_that_is_wished_for() -> None:
    wish = Wish(labels=(("tier", "gold"), ("gpu", "new")))
    assert why_not(wish) == "it lacks the label gpu=new"
    assert why_not(wish, labels={"tier": "gold", "gpu": "new"}) is None


def test_one_of_the_regions_will_do() -> None:
    assert why_not(Wish(regions=("riga", "visby"))) is None
    assert REGION in str(why_not(Wish(regions=("riga",))))
    assert REGION in str(why_not(Wish(regions=("riga",)), labels={}))


def test_trust_that_nobody_can_show_yet_is_not_assumed() -> None:
    assert why_not(Wish(trust="Bonded")) is None
    assert why_not(Wish(trust="Bonded"), bond=0) == "it has no bond"
    assert why_not(Wish(trust="Attested")) is not None
    assert why_not(Wish(trust="Listed")) is not None


def test_memory_that_is_not_known_is_not_enough() -> None:
    assert why_not(Wish(gpu_memory_bytes=80), memory=80) is None
    assert why_not(Wish(gpu_memory_bytes=80), memory=0) is not None
