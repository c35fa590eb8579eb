"""A hub in a folder: store, books, intake and gateway, to be stopped and started again; and calls to it."""

import asyncio
import time
from contextlib import asynccontextmanager

import aiohttp

from hansa_jobs.wire import Claim, Gpus, HeartbeatMessage, ReceiptFields, ReceiptMessage, ReportMessage
from hansa_operator.adapters.gateway import Gateway
from hansa_operator.adapters.store import open_store
from hansa_operator.ports.chain import ChainStamp, ChainUnreachable, ProviderState
from hansa_operator.reconcile.intake import HubIdentity, LedgerIntake, ReceiptKeys
from hansa_operator.reconcile.known.board import Board
from hansa_operator.reconcile.known.books import Books
from hansa_operator.reconcile.known.cache import Cache
from hansa_protocol.signing import address_of, sign
from tests.integration.gateway.parts import DOMAIN, signed
from tests.metered import AGENT, AGENT_KEY, HUB, HUB_KEY, JOB_ID, PROVIDER, build_attempt, build_job

EPOCH_SECONDS = 5


def now_ms():
    """Return unix ms."""
    return time.time_ns() // 1_000_000


def provider(name, key, *, approved=True):
    """Return a Provider whose agent has this key's address."""
    spec = {"address": PROVIDER, "approved": approved, "access": {"agent": {"endpoint": ""}}, "agentKey": key.lower()}
    return {"apiVersion": "hansa.dev/v1alpha1", "kind": "Provider", "metadata": {"name": name}, "spec": spec}


class Served:
    """Hold a hub that serves one provider, berlin, and those it is given."""

    def __init__(self, folder, *providers, clock=now_ms, limits=None):
        self.folder, self.clock, self.limits, self.port, self.changed = folder, clock, limits, 0, []
        self.key_from = {0: AGENT}
        self.cache = Cache()
        for manifest in (provider("berlin", AGENT), *providers):
            self.cache.put(manifest)

    def open(self):
        """Open the store, and make an intake that knows nothing but what is in it."""
        self.store = open_store(self.folder)
        self.books = Books(self.store.ledger)
        self.intake = LedgerIntake(
            store=self.store,
            books=self.books,
            board=Board(),
            cache=self.cache,
            hub=HubIdentity(31337, HUB, HUB, EPOCH_SECONDS, HUB_KEY),
            keys=ReceiptKeys(self.on_chain),
            clock=self.clock,
            changed=self.changed.append,
        )

    async def on_chain(self, provider, vault, epoch):
        """Return a provider's standing: its key in an epoch is the newest of `key_from` until then."""
        since = max((one for one in self.key_from if one <= epoch), default=None)
        if since is None:
            raise ChainUnreachable("the node is away")
        return ProviderState(ChainStamp(1, 1), 0, self.key_from[since])

    async def start(self):
        """Serve, on the same port as before."""
        self.gateway = Gateway(self.intake, "127.0.0.1", self.port, self.limits)
        self.port = await self.gateway.start()

    async def stop(self):
        """Stop serving and close the store."""
        await self.gateway.stop()
        self.store.close()

    async def place(self, **changes):
        """Place an attempt on berlin."""
        await self.books.put_job(build_job())
        await self.books.put_attempt(build_attempt(**changes))

    @property
    def receipts(self):
        """Return the job's receipts."""
        return self.books.receipts_of(JOB_ID)

    def url(self, path):
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    async def call(self, method, path, body=b"", *, key=AGENT_KEY):
        """Send a signed request; returns the status, and the reason of a refusal or the answer."""
        headers = signed(method, path, body, key=key, claimed=address_of(key))
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url(path), data=body or None, headers=headers) as reply,
        ):
            if reply.content_type != "application/json":
                return reply.status, await reply.read()
            content = await reply.json()
            return reply.status, content.get("reason", content)

    async def call_until(self, wanted, *call):
        """Call until the answer is what is wanted; fails at the deadline with the last one."""
        end = time.monotonic() + 20
        while (answer := await self.call(*call)) != wanted:
            assert time.monotonic() < end, answer
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(folder, *providers, limits=None):
    """Serve a hub for the length of a block."""
    hub = Served(folder, *providers, limits=limits)
    hub.open()
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


def receipt_body(receipt, *, key=AGENT_KEY):
    """Return a receipt as it is sent, signed with a key."""
    signature = "0x" + sign(receipt.digest(DOMAIN), key).hex()
    return ReceiptMessage(receipt=ReceiptFields.of(receipt), signature=signature).model_dump_json().encode()


def beat_body(*claims):
    """Return a heartbeat with claims (submission id, from, to) as it is sent."""
    inventory = (Gpus(model="L4", count=2, memory_bytes=0),)
    running = tuple(Claim(submission_id=name, from_ms=start, to_ms=end) for name, start, end in claims)
    return HeartbeatMessage(inventory=inventory, running=running).model_dump_json().encode()


def report_body(digest="0x" + "0" * 64, *, message=""):
    """Return a report on outputs of one byte as it is sent."""
    report = ReportMessage(
        exit_code=0,
        reason="Completed",
        message=message,
        start_ms=1,
        end_ms=2,
        result_digest=digest,
        result_bytes=1,
    )
    return report.model_dump_json().encode()
