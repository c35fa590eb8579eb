"""Whose balances a sheet shows: everybody that a cluster's objects name."""

from collections.abc import Iterable

from hansa_cli.cluster.client import Cluster, Manifest
from hansa_cli.cluster.hansa_kinds import CREDIT_LINES, PROVIDERS, SERVICES, read_all
from hansa_cli.job_view import is_true, reason_of
from hansa_cli.sheet import Party
from hansa_operator.api.credit_line import CreditLineReason


def parties_of(cluster: Cluster, hub: Manifest) -> list[Party]:
    """Return everybody that the cluster's objects name: customers, providers, publishers, the hub."""
    found = list_customers(read_all(cluster, CREDIT_LINES))
    found += [
        Party(item["metadata"]["name"], "provider", item["spec"]["address"]) for item in read_all(cluster, PROVIDERS)
    ]
    for item in read_all(cluster, SERVICES):
        found.append(Party(f"payout of {item['metadata']['name']}", "publisher", item["spec"]["payout"]))
    found.append(Party(hub["metadata"]["name"], "hub", hub["spec"]["address"]))
    return list({party.address.lower(): party for party in reversed(found)}.values())[::-1]


def list_customers(lines: Iterable[Manifest]) -> list[Party]:
    """Return who pays, by the namespace that was signed for; lines in force first, refused ones last.

    Anybody may write a line that names a customer of others, so the first of several lines gives the name.
    """
    signed = [line["spec"]["authorization"] for line in sorted(lines, key=_doubt)]
    return [Party(terms["tenant"], "customer", terms["customer"]) for terms in signed]


def _doubt(line: Manifest) -> tuple[bool, bool]:
    copied = line["spec"]["authorization"]["tenant"] != line["metadata"]["namespace"]
    return not is_true(line, "Ready"), copied or reason_of(line)[0] == CreditLineReason.SIGNATURE_INVALID
