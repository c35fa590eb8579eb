"""`hansa pool`: the pools, and who offers what in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import POOLS, PROVIDERS, read_all, read_one
from hansa_cli.job_view import amount, conditions, is_true, reason_of
from hansa_cli.listing import Format, Listing, print_listing, print_objects
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import busy

Manifest = Mapping[str, Any]
POOL_HEADINGS = ("POOL", "READY", "WORKERS", "CLUSTERS", "QUEUED", "PROVIDERS", "REASON")
MONEY = ("BOND", "OWED", "GUARANTEED")
PROVIDER_HEADINGS = ("PROVIDER", "READY", "REACHABLE", "GPUS", "MODEL", "PRICE/GPU-H", *MONEY, "REASON")


def show_pools(names: list[str], *, form: Format) -> None:
    """Show the named pools, or all, with the providers that they select."""
    cluster = Cluster.current()
    with busy("asking the Kubernetes API"):
        pools = [read_one(cluster, POOLS, None, name) for name in names] if names else read_all(cluster, POOLS)
        providers = [item for item in read_all(cluster, PROVIDERS) if any(selects(pool, item) for pool in pools)]
    if not pools:
        raise Problem(
            "this cluster has no ProviderPool", "an admin creates one: see docs/quickstart.md", code=ExitCode.NOT_FOUND
        )
    if form is not Format.TABLE:
        print_objects([*pools, *providers], form)
        return
    print_listing(list_pools(pools))
    print_listing(list_providers(providers))


def selects(pool: Manifest, provider: Manifest) -> bool:
    """Return whether the pool's selector matches the provider's labels."""
    wanted = ((pool["spec"].get("providerSelector") or {}).get("matchLabels") or {}).items()
    labels = provider["metadata"].get("labels") or {}
    return all(labels.get(key) == value for key, value in wanted)


def list_pools(pools: Iterable[Manifest]) -> Listing:
    """Return the table of pools."""
    numbers = frozenset({"WORKERS", "CLUSTERS", "QUEUED", "PROVIDERS"})
    return Listing("", POOL_HEADINGS, tuple(map(_pool_row, pools)), numbers, spare=("PROVIDERS", "CLUSTERS"))


def _pool_row(pool: Manifest) -> tuple[str, ...]:
    status = pool.get("status") or {}
    workers = status.get("workers") or {}
    clusters = status.get("clusters") or 0
    return (
        pool["metadata"]["name"],
        _ready(pool),
        f"{workers.get('ready', 0)}/{workers.get('desired', 0)}",
        str(len(clusters) if isinstance(clusters, list) else clusters),
        str(status.get("queuedJobs") or 0),
        str(status.get("eligibleProviders") or 0),
        _why(pool) if conditions(pool) else f"no operator of Hub {pool['spec']['hubRef']['name']} has looked at it",
    )


def list_providers(providers: Iterable[Manifest]) -> Listing:
    """Return the table of providers: a line an offer."""
    rows = [_offer_row(provider, offer) for provider in providers for offer in _offers(provider)]
    numbers = frozenset({"GPUS", "PRICE/GPU-H", *MONEY})
    spare = ("REACHABLE", "GUARANTEED", "OWED", "BOND", "MODEL")
    return Listing("", PROVIDER_HEADINGS, tuple(rows), numbers, spare=spare)


def _offers(provider: Manifest) -> list[Manifest]:
    return provider["spec"].get("offers") or [{}]


def _offer_row(provider: Manifest, offer: Manifest) -> tuple[str, ...]:
    status = provider.get("status") or {}
    model = offer.get("gpuModel") or "-"
    gpus = sum(item.get("count", 0) for item in status.get("inventory") or () if item.get("gpuModel") == model)
    bond = status.get("bond") or {}
    return (
        provider["metadata"]["name"],
        _ready(provider),
        conditions(provider).get("Reachable", {}).get("reason", "-"),
        str(gpus),
        model,
        offer.get("unitPrice") or "-",
        amount(bond.get("amount"), ""),
        amount(bond.get("exposure"), ""),
        amount(status.get("guaranteed"), ""),
        _why(provider),
    )


def _ready(thing: Manifest) -> str:
    return str(conditions(thing).get("Ready", {}).get("status", "Unknown"))


def _why(thing: Manifest) -> str:
    ready = conditions(thing).get("Ready", {})
    if is_true(thing, "Stalled"):
        return reason_of(thing)[0]
    return str(ready.get("reason", "-"))
