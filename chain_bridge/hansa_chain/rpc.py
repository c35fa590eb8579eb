"""One node: reads at a named block, fees, logs, and errors with a meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from web3.providers.rpc import HTTPProvider

from hansa_chain.errors import BlockUnknown, ChainUnreachable, NoUrl, WrongChain
from hansa_chain.node_errors import explain
from hansa_protocol.identity import Address

Tag = Literal["latest", "finalized", "pending"]


@dataclass(frozen=True, slots=True)
class BlockStamp:
    """Name one block, so that reads agree with each other; `timestamp` in unix seconds."""

    number: int
    hash: str
    timestamp: int


Block = BlockStamp | Tag


@dataclass(frozen=True, slots=True)
class Log:
    """Hold one log of a contract."""

    address: str
    topics: tuple[str, ...]
    data: bytes
    block_number: int
    tx_hash: str


class Chain:
    """Speak to one node of one chain; safe to share between threads."""

    def __init__(self, provider: HTTPProvider, *, url: str, chain_id: int) -> None:
        self._provider = provider
        self.url = url
        self.chain_id = chain_id

    @classmethod
    def connect(cls, url: str, *, chain_id: int, timeout: float = 10.0) -> "Chain":
        """Return the chain behind a URL; raises NoUrl, ChainUnreachable, or WrongChain when the node serves another."""
        shown = _without_secrets(url)
        # No retries inside: who calls knows what may be repeated, and how long it may take.
        provider = HTTPProvider(url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None)
        chain = cls(provider, url=shown, chain_id=chain_id)
        actual = int(chain.request("eth_chainId"), 16)
        if actual != chain_id:
            raise WrongChain(chain_id, actual, shown)
        return chain

    def request(self, method: str, *params: Any) -> Any:
        """Return the node's answer; raises ChainUnreachable, Reverted or NodeRefused."""
        try:
            answer: Any = self._provider.make_request(method, params)
        except (OSError, ValueError) as broken:
            raise ChainUnreachable(
                f"{self.url} does not answer ({type(broken).__name__}): check that the node runs and the URL is right"
            ) from broken
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise ChainUnreachable(f"{self.url} answers, but not with JSON-RPC: check the URL")
        if answer.get("error") is not None:
            raise explain(method, answer["error"])
        return answer["result"]

    def stamp(self, tag: Tag | int = "latest") -> BlockStamp:
        """Return the block with a tag or number; raises BlockUnknown when there is none."""
        block = self.request("eth_getBlockByNumber", hex(tag) if isinstance(tag, int) else tag, False)
        if block is None:
            raise BlockUnknown(f"the node has no block {tag} yet: try again later")
        return BlockStamp(int(block["number"], 16), block["hash"], int(block["timestamp"], 16))

    def call(self, to: Address, data: bytes, *, at: Block, sender: Address | None = None) -> bytes:
        """Return what a call at a block gives; raises Reverted with the contract's error."""
        message = {"to": to, "data": "0x" + data.hex()} | ({"from": sender} if sender else {})
        return _bytes(self.request("eth_call", message, _block(at)))

    def balance(self, account: Address, *, at: Block) -> int:
        """Return an account's gas money in wei."""
        return int(self.request("eth_getBalance", account, _block(at)), 16)

    def transaction_count(self, account: Address, *, at: Block) -> int:
        """Return the next nonce of an account as of a block."""
        return int(self.request("eth_getTransactionCount", account, _block(at)), 16)

    def code(self, account: Address, *, at: Block) -> bytes:
        """Return the code of a contract; empty when there is none."""
        return _bytes(self.request("eth_getCode", account, _block(at)))

    def logs(
        self,
        address: Address | Sequence[Address],
        topics: Sequence[bytes | None],
        *,
        first_block: int,
        last_block: int,
    ) -> tuple[Log, ...]:
        """Return the logs of one or several contracts with these topics in [first_block, last_block], oldest first."""
        wanted = [None if topic is None else "0x" + topic.hex() for topic in topics]
        span = {"address": address, "topics": wanted, "fromBlock": hex(first_block), "toBlock": hex(last_block)}
        return tuple(_log(entry) for entry in self.request("eth_getLogs", span))

    def first_block_since(self, seconds: int, *, newest: BlockStamp) -> int:
        """Return the number of the first block whose timestamp is at least `seconds`, or newest + 1 for none."""
        low, high = 0, newest.number + 1
        while low < high:
            middle = (low + high) // 2
            if self.stamp(middle).timestamp >= seconds:
                high = middle
            else:
                low = middle + 1
        return low


def _block(at: Block) -> Any:
    # By hash: a number could name another block after a reorganisation.
    return {"blockHash": at.hash, "requireCanonical": True} if isinstance(at, BlockStamp) else at


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _log(entry: dict[str, Any]) -> Log:
    return Log(
        entry["address"],
        tuple(entry["topics"]),
        _bytes(entry["data"]),
        int(entry["blockNumber"], 16),
        entry["transactionHash"],
    )


def _without_secrets(url: str) -> str:
    """Return the URL without its path, user and query, where providers of nodes put keys; raises NoUrl."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise NoUrl from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoUrl
    return f"{parts.scheme}://{parts.hostname}{port}"
