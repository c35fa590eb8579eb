"""A whole market in a sandbox of its own, its processes, and the customers that tests act as."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hansa_chain.deployment import Contracts, Deployment
from hansa_chain.errors import NodeRefused
from hansa_chain.rpc import Chain
from hansa_chain.sender import Sender
from hansa_cli.chain_access import Books as ChainBooks
from hansa_cli.chain_access import open_books
from hansa_cli.cluster.access import load_access
from hansa_cli.cluster.client import Cluster
from hansa_cli.cluster.hansa_kinds import HUBS, SETTLEMENTS, read_all, read_one
from hansa_cli.demo.books import PaidSlice
from hansa_cli.demo.settled import Settled, read_settled
from hansa_cli.sandbox.cast import DEMO, Cast, Customer
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.home import Home, Record
from hansa_cli.sandbox.keys import Keys
from hansa_cli.sandbox.leftovers import find, pids_of
from hansa_cli.sandbox.market import DECIMALS, sign_line
from hansa_cli.sandbox.node import fund
from hansa_cli.sandbox.services import OPERATOR, listening, start_agents, start_operator
from hansa_cli.sandbox.tools import find_tool
from hansa_operator.adapters.store import open_store
from hansa_operator.ports.chain import ChainTimes
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.totals import Totals
from hansa_protocol.identity import ZERO_ADDRESS, Address
from hansa_protocol.signing import address_of
from hansa_protocol.units import Wei, parse_amount
from tests.integration.operator.journal import Journal

CAP = "20"
TIMES = ("epoch", "post", "window", "sealing", "finality", "fee_bps")


@dataclass
class Market:
    """Hold a running sandbox."""

    home: Home
    record: Record
    cast: Cast
    keys: Keys
    journal: Journal
    chain: Chain
    deployment: Deployment
    looks: list[dict[str, str]] = field(default_factory=list)
    deposits: Counter[str] = field(default_factory=Counter)
    _of_thread: threading.local = field(default_factory=threading.local)

    @property
    def cluster(self) -> Cluster:
        """Return the admin's client; each thread has its own."""
        if not hasattr(self._of_thread, "cluster"):
            self._of_thread.cluster = Cluster(load_access(self.home.kubeconfig))
        made: Cluster = self._of_thread.cluster
        return made

    @property
    def contracts(self) -> Contracts:
        """Return the adapters of the contracts."""
        return self.deployment.contracts(self.chain)

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl as the admin and return what it prints."""
        argv = [find_tool("kubectl"), f"--kubeconfig={self.home.kubeconfig}", f"--cache-dir={self.home.root}/cache"]
        return subprocess.run([*argv, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout

    def deposited(self, namespace: str) -> int:
        """Return what a tenant began with (wei)."""
        return next(wei_of(one.deposit) for one in self.cast.customers if one.namespace == namespace)

    def balance(self, role: str) -> int:
        """Return what a party has in the vault (wei)."""
        return int(self.contracts.vault.balance_of(self.keys.address(role), at="latest"))

    def slices(self, job_id: str = "") -> list[PaidSlice]:
        """Return the slices that the chain has, by what the batch files say; those of one job if one is named."""
        (books,) = open_books(self.cluster, read_one(self.cluster, HUBS, None, self.cast.hub), self.record.chain_url)
        settled = self._settled(books)
        posted = (paid for one in settled for paid in one.slices() if paid.tx_hash)
        return [paid for paid in posted if not job_id or "0x" + paid.leaf.job_id.hex() == job_id]

    def _settled(self, books: ChainBooks) -> list[Settled]:
        try:
            return read_settled(read_all(self.cluster, SETTLEMENTS), self.home.store, books)
        except NodeRefused:
            # The development node shows a block's state a moment before its events.
            time.sleep(0.2)
            return read_settled(read_all(self.cluster, SETTLEMENTS), self.home.store, books)

    def charged(self, job_id: str) -> int:
        """Return what the chain has taken for a job (wei)."""
        return sum(paid.split.debit for paid in self.slices(job_id))

    def found(self, key: bytes, amount: str) -> None:
        """Give an account gas money, and tokens that it deposits; returns once that is mined."""
        fund(self.record.chain_url, [address_of(key)])
        sender, wei, contracts = Sender(self.chain, key), wei_of(amount), self.contracts
        self.deposits[sender.address] += wei
        vault = contracts.vault
        calls = (
            contracts.token.mint(sender.address, wei),
            contracts.token.approve(vault.address, wei),
            vault.deposit(sender.address, wei),
        )
        sent = [sender.send(call) for call in calls]
        for transaction in sent:
            sender.wait_mined(transaction.tx_hash)

    def authorization(
        self, namespace: str, key: bytes, *, cap: str = CAP, order_signer: Address = ZERO_ADDRESS
    ) -> dict[str, Any]:
        """Return what a customer signs so that jobs of a namespace are paid."""
        keys = Keys({**self.keys.by_role, f"customer-{namespace}": key})
        customer = Customer(namespace, "0", cap)
        return sign_line(customer, keys, self.deployment, self.chain, order_signer=order_signer)

    def pid(self, role: str) -> int:
        """Return the pid of the process with a role."""
        (pid,) = pids_of(self.home.root, self.record.id, role)
        return pid

    def kill(self, role: str, number: signal.Signals = signal.SIGKILL) -> float:
        """Send a process a signal that ends it; returns the seconds until it was gone."""
        pid, begun = self.pid(role), time.monotonic()
        os.kill(pid, number)
        os.waitpid(pid, 0)
        return time.monotonic() - begun

    def pause(self, role: str, seconds: float) -> None:
        """Let a process do nothing for a while, as if it or the network to it hung."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    def start_operator(self) -> None:
        """Start the operator again; returns when it is ready."""
        start_operator(self.home, self.record, self.cast, Gate())

    def start_agents(self) -> None:
        """Start the agents that do not run."""
        start_agents(self.home, self.record, self.cast, Gate())

    def ray_heads(self, namespace: str) -> list[int]:
        """Return the pids of the `ray start` processes of the heads of a namespace's clusters."""
        found = find(self.home.root, None)
        return [one.pid for one in found if "ray start" in one.command and _is_head(one.pid, namespace)]

    def metric(self, name: str, **labels: str) -> float:
        """Return a metric of the operator, 0 before it was counted."""
        ports = listening(self.home)
        assert ports is not None
        wanted = name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"
        with urllib.request.urlopen(f"http://127.0.0.1:{ports.health}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{wanted} "))

    def unsettled(self, namespace: str, copy: Path) -> list[str]:
        """Return the jobs of a namespace of which something is open or unpaid."""
        books = self.books(copy)
        times = ChainTimes(*(getattr(self.deployment.profile.params, name) for name in TIMES))
        Totals(books, times).fresh(0)
        return [record.name for record in books.active_jobs() if record.namespace == namespace]

    def books(self, copy: Path) -> Books:
        """Return the ledger as the disk has it now, read from a copy: the operator holds the original."""
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.home.store, copy, ignore=shutil.ignore_patterns("logs", "blobs", "lock"))
        store = open_store(copy)
        store.close()
        return Books(store.ledger)


def wei_of(amount: str) -> Wei:
    """Return tokens in wei."""
    return parse_amount(amount, DECIMALS)


def wait(holds: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Wait for something that no watch tells."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def _is_head(pid: int, namespace: str) -> bool:
    """Return whether a process carries the mark that the Local backend gives a namespace's heads."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return any(re.match(rf"HANSA_RAY=\w+:{namespace}:\w+:head:", pair) for pair in environment.split("\0"))


__all__ = ["DEMO", "OPERATOR", "Market", "wait", "wei_of"]
