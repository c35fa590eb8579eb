"""A customer that doubts a job whose object is gone: it challenges the order on chain, and the operator answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from hansa_chain.cases import Kind, State, Subject
from hansa_chain.challenges import Challenges
from hansa_chain.errors import Reverted
from hansa_chain.proofs import prove_slice, subject_of_slice
from hansa_chain.sender import Sender
from hansa_cli.chain_access import open_books
from hansa_cli.cluster.hansa_kinds import HUBS, SETTLEMENTS, read_all, read_one
from hansa_cli.demo.settled import Settled, read_settled
from hansa_protocol.units import Wei
from tests.integration.operator.market import Market, wait
from tests.integration.operator.orders import Buyer
from tests.integration.operator.things import Job

POSTED_SECONDS = 120.0
ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class Doubt:
    """Hold what became of a challenge."""

    job: Job
    state: State
    earned: int
    fee: int


def doubted(buyer: Buyer) -> Doubt:
    """Run an ordered job, delete it, and challenge its order once it is charged."""
    spec = buyer.spec("import time; time.sleep(8)")
    job = buyer.apply("doubted", **spec, order=buyer.order(spec))
    job.until("Complete")
    job.delete()
    job.until_gone()
    market, contracts = buyer.market, buyer.market.contracts
    hub, fee = market.keys.address("hub"), contracts.challenges.leaf_fee(at="latest")
    before = contracts.vault.balance_of(hub, at="latest")
    subject = _challenge(market, buyer.key, job)

    def answered() -> bool:
        case = contracts.challenges.case_of(subject, at="latest")
        return case is not None and case.state is not State.OPEN

    wait(answered, "the operator answers", seconds=ANSWER_SECONDS)
    market.deposits[hub] += fee
    case = contracts.challenges.case_of(subject, at="latest")
    assert case is not None
    return Doubt(job, case.state, contracts.vault.balance_of(hub, at="latest") - before, fee)


def _challenge(market: Market, key: bytes, job: Job) -> Subject:
    """Challenge the newest slice of a job while its window is open."""
    challenges, token, sender = market.contracts.challenges, market.contracts.token, Sender(market.chain, key)
    fee = challenges.leaf_fee(at="latest")
    for call in (token.mint(sender.address, fee), token.approve(challenges.address, fee)):
        sender.wait_mined(sender.send(call).tx_hash)
    opened: list[Subject] = []

    def challenged() -> bool:
        opened.extend(subject for settled in _settled(market) for subject in _open(challenges, sender, settled, job))
        return bool(opened)

    wait(challenged, f"a slice of {job.name} is posted and challenged", seconds=POSTED_SECONDS)
    return opened[-1]


def _open(challenges: Challenges, sender: Sender, settled: Settled, job: Job) -> Iterator[Subject]:
    """Challenge the job's slice of a batch, if it is posted and its window open."""
    for part, posted, taken in zip(settled.batch.parts, settled.facts.posted, settled.facts.taken, strict=True):
        own = (index for index, leaf in enumerate(part.leaves) if "0x" + leaf.job_id.hex() == job.job_id)
        for index in own if posted is not None else ():
            proof = prove_slice(posted.header, part, index, [Wei(taken.get(row.account, 0)) for row in part.debits])
            try:
                sender.wait_mined(sender.send(challenges.challenge_order(proof)).tx_hash)
            except Reverted:
                # Its window is over, or another try has opened the case.
                continue
            yield subject_of_slice(Kind.ORDER, proof)


def _settled(market: Market) -> list[Settled]:
    """Return the batches that are not over: reading all of them would take longer than a window is open."""
    (books,) = open_books(
        market.cluster, read_one(market.cluster, HUBS, None, market.cast.hub), market.record.chain_url
    )
    known = read_all(market.cluster, SETTLEMENTS)
    current = [one for one in known if one.get("status", {}).get("phase") not in ("Finalized", "Missed")]
    return read_settled(current, market.home.store, books)
