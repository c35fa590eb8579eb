"""Kubernetes quantities as numbers: "80Gi" is 85,899,345,920.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/; the schema bounds what comes here.
"""

from fractions import Fraction

_FACTORS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def parse_quantity(quantity: int | str) -> Fraction:
    """Return exactly the number that a quantity is; raises ValueError for what is none."""
    text = str(quantity)
    digits = text.rstrip("kKMGTim")
    suffix = text[len(digits) :]
    factor = Fraction(1, 1000) if suffix == "m" else (_FACTORS | _BINARY).get(suffix)
    if factor is None:
        raise ValueError(f"{text!r} is no quantity: write a number with k, M, G, T, Ki, Mi, Gi or Ti")
    return Fraction(digits) * factor


def quantity_up(quantity: int | str) -> int:
    """Return the whole number that a quantity is, rounded up; raises ValueError for what is none."""
    exact = parse_quantity(quantity)
    return -(-exact.numerator // exact.denominator)
