"""Who `hansa balance` says has the money: a name that nobody else can give."""

from typing import Any

import pytest

from hansa_cli.sheet_parties import list_customers

CUSTOMER = "0x" + "ab" * 20


def line(namespace: str, tenant: str, condition: str, reason: str) -> dict[str, Any]:
    """Return a CreditLine of the one customer, with a condition that is true."""
    return {
        "metadata": {"namespace": namespace, "name": "credit"},
        "spec": {"authorization": {"customer": CUSTOMER, "tenant": tenant}},
        "status": {"conditions": [{"type": condition, "status": "True", "reason": reason}]},
    }


COPIED = line("aaa", "lab-riga", "Stalled", "TenantMismatch")
FORGED = line("aaa", "aaa", "Stalled", "SignatureInvalid")
FORGED_ELSEWHERE = line("aaa", "bbb", "Stalled", "TenantMismatch")
ACTIVE = line("lab-riga", "lab-riga", "Ready", "Active")
REVOKED = line("lab-riga", "lab-riga", "Stalled", "Revoked")


@pytest.mark.parametrize("own", [ACTIVE, REVOKED], ids=["in force", "revoked"])
@pytest.mark.parametrize("other", [COPIED, FORGED, FORGED_ELSEWHERE], ids=["copied", "forged", "forged elsewhere"])
def test_a_refused_line_of_somebody_else_does_not_rename_a_customer(own: dict[str, Any], other: dict[str, Any]) -> None:
    for lines in ([own, other], [other, own]):
        assert list_customers(lines)[0].name == "lab-riga"


def test_a_copied_line_alone_shows_whom_the_customer_signed_for() -> None:
    assert [party.name for party in list_customers([COPIED])] == ["lab-riga"]
