"""The sandbox's chain: an anvil node of its own, a block a second, final two blocks later."""

import json
import urllib.request
from typing import Any

from hansa_cli.problem import Problem
from hansa_cli.sandbox.closing import Gate
from hansa_cli.sandbox.home import Home
from hansa_cli.sandbox.programs import Program, Running, start_program, wait_for
from hansa_cli.sandbox.tools import find_tool

CHAIN_ID = 31337
READY_SECONDS = 60.0
GAS_MONEY_WEI = 10**21
LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start_node(home: Home, sandbox: str, gate: Gate, port: int) -> Running:
    """Start the node and wait until it answers; it makes a block at each transaction until `tick` is called."""
    options = ("--host", "127.0.0.1", "--port", str(port), "--chain-id", str(CHAIN_ID), "--accounts", "1", "--silent")
    argv = (find_tool("anvil"), *options, "--slots-in-an-epoch", "1")
    running = start_program(home, sandbox, gate, Program("chain", argv, {}))
    wait_for(running, lambda: answers(node_url(port)), gate, seconds=READY_SECONDS)
    return running


def node_url(port: int) -> str:
    """Return the node's address."""
    return f"http://127.0.0.1:{port}"


def answers(url: str) -> bool:
    """Return whether the node answers."""
    try:
        return isinstance(call(url, "eth_chainId"), str)
    except OSError:
        return False


def tick(url: str) -> None:
    """Make a block every second from now on."""
    call(url, "evm_setIntervalMining", 1)


def fund(url: str, addresses: list[str]) -> None:
    """Give accounts gas money, as a development node can."""
    for address in addresses:
        call(url, "anvil_setBalance", address, hex(GAS_MONEY_WEI))


def call(url: str, method: str, *params: object) -> Any:
    """Call a JSON-RPC method of the node; raises OSError when it does not answer."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 -- loopback
    with LOOPBACK.open(request, timeout=10) as answer:
        document = json.load(answer)
    if "error" in document:
        raise Problem(
            f"the chain refused {method}: {document['error'].get('message')}", "run `hansa down`, then `hansa up`"
        )
    return document["result"]
