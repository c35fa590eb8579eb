"""What an audit asks a node: all events up to a block, and every question at that block."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from eth_abi.exceptions import DecodingError

from hansa_chain.abi import abi_of
from hansa_chain.audit.entries import Entry, Finding, Question
from hansa_chain.audit.parsing import Occurrence, parse_log
from hansa_chain.errors import DeploymentInvalid, NodeRefused
from hansa_chain.rpc import BlockStamp, Chain, Log
from hansa_chain.spans import LOG_SPAN
from hansa_protocol.identity import Address, parse_address

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""

_READERS = 8


def fetch_events(
    chain: Chain, contracts: Mapping[Address, str], *, first_block: int, at: BlockStamp, progress: Progress
) -> Iterator[Occurrence]:
    """Yield the events of contracts from a block on, oldest first; raises NodeRefused, ChainUnreachable."""
    places, span = tuple(contracts), LOG_SPAN
    while first_block <= at.number:
        last_block = min(first_block + span - 1, at.number)
        try:
            logs = chain.logs(places, (), first_block=first_block, last_block=last_block)
        except NodeRefused:
            # Nodes limit how much one answer may hold, each in words of its own.
            if span == 1:
                raise
            span //= 2
            continue
        yield from _parse(logs, contracts)
        first_block = last_block + 1
        progress(last_block, at.number)


def find_answers(chain: Chain, entries: Sequence[Entry], *, at: BlockStamp, progress: Progress) -> tuple[Finding, ...]:
    """Return every entry beside what its contract says in a block; each question is asked once."""
    questions = list(dict.fromkeys(entry.question for entry in entries))
    answers: dict[Question, tuple[Any, ...]] = {}
    with ThreadPoolExecutor(_READERS) as readers:
        for question, answer in zip(questions, readers.map(lambda one: _ask(chain, one, at), questions), strict=True):
            answers[question] = answer
            progress(len(answers), len(questions))
    return tuple(Finding(entry, entry.pick(answers[entry.question])) for entry in entries)


def _ask(chain: Chain, question: Question, at: BlockStamp) -> tuple[Any, ...]:
    function = abi_of(question.contract).functions[question.function]
    raw = chain.call(question.address, function.encode(question.arguments), at=at)
    try:
        return function.decode(raw)
    except DecodingError as other:
        raise DeploymentInvalid(
            f"what is at {question.address} does not answer as {question.contract} does: correct its address"
        ) from other


def _parse(logs: Sequence[Log], contracts: Mapping[Address, str]) -> Iterator[Occurrence]:
    for log in logs:
        occurrence = parse_log(contracts[parse_address(log.address)], log)
        if occurrence is not None:
            yield occurrence
