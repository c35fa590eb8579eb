"""`hansa quote`: what a job would cost at most on each provider, by the operator's own formula, nothing applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hansa_cli.chain_access import market_terms
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import AIJOBS, CREDIT_LINES, HUBS, POOLS, PROVIDERS, SERVICES, read_all, read_one
from hansa_cli.commands.pool import selects
from hansa_cli.job_view import conditions, is_true
from hansa_cli.listing import Format, Listing, print_document, print_listing
from hansa_cli.manifest_files import called, read_manifests
from hansa_cli.problem import ExitCode, Problem
from hansa_cli.screen import busy
from hansa_operator.core.market.offers import Need, Offer, why_not
from hansa_operator.core.market.quote import Quote, Terms, quote_offer
from hansa_protocol.units import AmountError, Wei, format_amount, parse_amount

Manifest = Mapping[str, Any]
HEADINGS = ("PROVIDER", "MODEL", "PRICE/GPU-H", "AT MOST", "PROVIDER GETS", "PUBLISHER", "PROTOCOL", "NOTE")


@dataclass(frozen=True, slots=True)
class Question:
    """Hold what a job asks, in its vault's wei; `deadline` in seconds, None for none."""

    need: Need
    terms: Terms
    budget: int
    deadline: int | None
    epoch_seconds: int
    symbol: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Pair an offer with its quote, or with why it cannot take the job."""

    offer: Offer
    quote: Quote | None
    note: str


def show_quotes(filename: str, *, namespace: str | None, form: Format) -> None:
    """Print a line for each provider of the job's pool, the cheapest first."""
    jobs = [document for document in read_manifests(filename) if document["kind"] == AIJOBS.kind]
    if not jobs:
        raise Problem(f"{called(filename)} holds no AIJob", "give a manifest with an AIJob", code=ExitCode.USAGE)
    cluster = Cluster.current()
    for job in jobs:
        scope = namespace or job["metadata"].get("namespace") or cluster.access.namespace
        try:
            with busy("reading what the job refers to"):
                question, answers = answer_job(cluster, job.get("spec") or {}, scope)
        except (LookupError, TypeError, AttributeError, AmountError) as broken:
            what = f"{job['metadata'].get('name')} is incomplete: {broken}"
            raise Problem(what, "see `kubectl explain aijob.spec`", code=ExitCode.USAGE) from broken
        name = str(job["metadata"].get("name"))
        if form is Format.TABLE:
            print_listing(list_answers(name, question, answers))
        else:
            print_document(plain(name, question, answers), form)


def answer_job(cluster: Cluster, spec: Manifest, namespace: str) -> tuple[Question, list[Answer]]:
    """Read what the job refers to, and quote it on every provider of its pool."""
    pool = read_one(cluster, POOLS, None, _field(spec, "poolRef", "name"))
    line = read_one(cluster, CREDIT_LINES, namespace, _field(spec, "creditLineRef", "name"))
    hub = read_one(cluster, HUBS, None, pool["spec"]["hubRef"]["name"])
    service = read_one(cluster, SERVICES, None, _field(spec, "serviceRef", "name")) if spec.get("serviceRef") else None
    vault = _vault(hub, line["spec"]["authorization"]["vault"])
    question = _question(spec, vault, service, *market_terms(cluster, hub))
    providers = [item for item in read_all(cluster, PROVIDERS) if selects(pool, item)]
    offers = [offer for provider in providers for offer in offers_of(provider, question.decimals)]
    return question, sorted((_answer(question, offer) for offer in offers), key=_order)


def _field(spec: Manifest, *path: str) -> Any:
    """Return a field of a job's spec; raises LookupError that says where it belongs."""
    found: Any = spec
    for depth, key in enumerate(path, 1):
        if not isinstance(found, Mapping) or found.get(key) is None:
            raise LookupError(f"spec.{'.'.join(path[:depth])} is missing")
        found = found[key]
    return found


def _vault(hub: Manifest, address: str) -> Manifest:
    for vault in hub["spec"]["vaults"]:
        if vault["address"].lower() == address.lower():
            found: Manifest = vault
            return found
    remedy = "ask the hub's admin, or use another credit line"
    raise Problem(f"hub {hub['metadata']['name']} takes no money from vault {address}", remedy, code=ExitCode.REFUSED)


def _question(spec: Manifest, vault: Manifest, service: Manifest | None, fee_bps: int, epoch_seconds: int) -> Question:
    decimals, budget, resources = vault["decimals"], spec.get("budget") or {}, spec.get("resources") or {}
    top = budget.get("maxUnitPrice")
    need = Need(
        job_id="",
        vault=vault["address"],
        workers=spec.get("parallelism") or 1,
        gpus_per_worker=_field(spec, "resources", "gpus"),
        gpu_models=tuple(resources.get("gpuModels") or ()),
        max_unit_price=parse_amount(top, decimals) if top else None,
    )
    royalty_bps = service["spec"].get("royaltyBps", 0) if service else 0
    deadline = (spec.get("scheduling") or {}).get("activeDeadlineSeconds")
    amount = parse_amount(_field(spec, "budget", "maxAmount"), decimals)
    return Question(need, Terms(royalty_bps, fee_bps), amount, deadline, epoch_seconds, vault["symbol"], decimals)


def offers_of(provider: Manifest, decimals: int) -> list[Offer]:
    """Return a provider's offers as the operator reads them, as far as its object tells."""
    status, spec = provider.get("status") or {}, provider["spec"]
    ready = is_true(provider, "Ready")
    why = conditions(provider).get("Ready", {}).get("message", "it has not been seen yet")
    found = []
    for offer in spec.get("offers") or ():
        model = offer["gpuModel"]
        gpus = sum(item["count"] for item in status.get("inventory") or () if item["gpuModel"] == model)
        found.append(
            Offer(
                provider=provider["metadata"]["name"],
                address=spec["address"],
                receipt_key=spec.get("agentKey") or "",
                gpu_model=model,
                vault=offer["vault"],
                unit_price=parse_amount(offer["unitPrice"], decimals),
                total_gpus=gpus,
                free_gpus=gpus,
                free_workers=gpus,
                bond=0,
                exposure=0,
                schedulable=ready,
                obstacle="" if ready else str(why),
            )
        )
    return found


def _answer(question: Question, offer: Offer) -> Answer:
    obstacle = why_not(offer, question.need)
    if obstacle is not None:
        return Answer(offer, None, obstacle)
    quoted = quote_offer(
        offer,
        question.need,
        question.terms,
        max_amount=question.budget,
        active_deadline_seconds=question.deadline,
        epoch_seconds=question.epoch_seconds,
    )
    over = quoted.split.debit > question.budget
    return Answer(offer, quoted, "over budget.maxAmount" if over else "within the budget")


def _order(answer: Answer) -> tuple[bool, int, str]:
    return answer.quote is None, answer.offer.unit_price, answer.offer.provider


def list_answers(name: str, question: Question, answers: list[Answer]) -> Listing:
    """Return the quotes as a table."""
    title = f"{name}: at most, in {question.symbol}; budget {format_amount(Wei(question.budget), question.decimals)}"
    rows = tuple(tuple(plain_answer(question, answer).values()) for answer in answers)
    return Listing(title, HEADINGS, rows, frozenset(HEADINGS[2:7]), spare=(*HEADINGS[6:3:-1], "MODEL"))


def plain(name: str, question: Question, answers: list[Answer]) -> dict[str, object]:
    """Return the quotes as plain data."""
    listed = [plain_answer(question, answer) for answer in answers]
    return {"job": name, "token": question.symbol, "quotes": listed}


def plain_answer(question: Question, answer: Answer) -> dict[str, str]:
    """Return one quote as text fields; "-" where there is none."""

    def text(amount: int | None) -> str:
        return "-" if amount is None else format_amount(Wei(amount), question.decimals)

    split = answer.quote.split if answer.quote else None
    return {
        "provider": answer.offer.provider,
        "gpuModel": answer.offer.gpu_model,
        "unitPrice": text(answer.offer.unit_price),
        "amount": text(split.debit if split else None),
        "providerAmount": text(split.provider if split else None),
        "publisherAmount": text(split.royalty if split else None),
        "protocolAmount": text(split.fee if split else None),
        "note": answer.note,
    }
