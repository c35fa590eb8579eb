"""Quantities of Kubernetes as whole numbers."""

import pytest

from hansa_operator.core.quantity import quantity_up


@pytest.mark.parametrize(
    ("text", "number"),
    [(2, 2), ("2", 2), ("80Gi", 80 * 2**30), ("1.5G", 15 * 10**8), ("500m", 1), ("1500m", 2), ("0.5Ki", 512)],
)
def test_a_quantity_is_the_number_that_kubernetes_means(text: int | str, number: int) -> None:
    assert quantity_up(text) == number


@pytest.mark.parametrize("text", ["", "Gi", "1Xi", "1GiB", "-"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"quantity|Invalid"):
        quantity_up(text)
