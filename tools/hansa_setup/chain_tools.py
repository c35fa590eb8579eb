"""forge, anvil, cast, the Solidity compiler and the libraries, as npm's lock file pins them."""

import os
import shutil

from hansa_setup.command import run
from hansa_setup.layout import Layout
from hansa_setup.runtimes import find_node
from hansa_setup.stamps import Step, key_of, link

FOUNDRY = ("forge", "anvil", "cast")


def chain_tools_step(layout: Layout) -> Step:
    """Return the step that makes chain_bridge/contracts/node_modules and links Foundry's programs."""
    inputs = (layout.contracts / "package.json", layout.contracts / "package-lock.json")
    return Step(
        name="chain-tools",
        title="chain tools",
        key=key_of(files=inputs),
        outputs=(*(layout.bin / name for name in FOUNDRY), layout.contracts / "node_modules" / "solc"),
        make=lambda: _make(layout),
        needed_bytes=6 * 10**8,
    )


def _make(layout: Layout) -> None:
    node = find_node(layout)
    if layout.cache in node.node.parents:
        link(node.node, layout.bin / "node")  # the compiler's wrapper needs it on PATH
    _install(layout, node.npm, f"{node.node.parent}{os.pathsep}{os.environ['PATH']}")
    for name in FOUNDRY:
        # The programs themselves: npm's wrappers are one more process each, which does not pass on every signal.
        package = layout.contracts / "node_modules" / "@foundry-rs" / f"{name}-linux-amd64"
        link(package / "bin" / name, layout.bin / name)


def _install(layout: Layout, npm: tuple[str, ...], path: str) -> None:
    """Install beside, then swap: what runs from the old folder meanwhile finds its files."""
    fresh = layout.root / "build" / "npm"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy2(layout.contracts / name, fresh / name)
    argv = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    run("npm ci", argv, log=layout.work / "chain-tools.log", cwd=fresh, env={"PATH": path})
    current = layout.contracts / "node_modules"
    if current.exists():
        current.rename(fresh / "old")
    (fresh / "node_modules").rename(current)
    shutil.rmtree(fresh)
