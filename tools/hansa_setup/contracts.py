"""The contracts, compiled: interface and bytecode of each, as files that Python loads and the wheel carries."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hansa_setup.command import Argv, run
from hansa_setup.failure import SetupFailure
from hansa_setup.layout import Layout
from hansa_setup.stamps import Step, key_of

_NOT_DEPLOYED = ("interfaces", "libraries")


def contracts_step(layout: Layout) -> Step:
    """Return the step that compiles src/ and writes the artifacts."""
    sources = sorted((layout.contracts / "src").rglob("*.sol"))
    settings = (
        layout.contracts / "foundry.toml",
        layout.contracts / "package-lock.json",
        layout.root / "tools/solc/solc",
    )
    names = [str(source.relative_to(layout.contracts)) for source in sources]
    return Step(
        name="contracts",
        title="contracts",
        key=key_of(*names, files=(*settings, *sources)),
        outputs=(layout.artifacts / "Settlement.json",),
        make=lambda: _make(layout, sources),
        needed_bytes=10**8,
    )


def _make(layout: Layout, sources: list[Path]) -> None:
    build = layout.root / "build" / "contracts"
    env = {
        "PATH": f"{layout.bin}{os.pathsep}{os.environ['PATH']}",
        "FOUNDRY_OUT": str(build / "out"),
        "FOUNDRY_CACHE_PATH": str(build / "cache"),
        # Warnings are the matter of `make lint` and of the tests; they must not keep a person from the demo.
        "FOUNDRY_DENY": "never",
        "FOUNDRY_LINT_LINT_ON_BUILD": "false",
    }
    shutil.rmtree(build / "out", ignore_errors=True)
    argv: Argv = [layout.bin / "forge", "build", "--force", "--skip", "test", "--skip", "script"]
    run("compiling the contracts", argv, log=layout.work / "contracts.log", cwd=layout.contracts, env=env)
    deployed = [source for source in sources if not set(_NOT_DEPLOYED) & set(source.parts)]
    artifacts = dict(artifact for source in deployed for artifact in read_artifacts(build / "out" / source.name))
    write_artifacts(artifacts, layout.artifacts)


def read_artifacts(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name, and interface with bytecode, of each contract that can be deployed from one source file."""
    for file in sorted(folder.glob("*.json")):
        built = json.loads(file.read_text())
        bytecode, runtime = built["bytecode"], built["deployedBytecode"]
        if bytecode["object"] == "0x":
            continue
        if bytecode["linkReferences"]:
            raise SetupFailure(f"{file.stem} needs a linked library.", "Make the library's functions internal.")
        artifact = {
            "contract": file.stem,
            "abi": built["abi"],
            "bytecode": bytecode["object"],
            "deployedBytecode": runtime["object"],
        }
        yield file.stem, artifact


def write_artifacts(artifacts: dict[str, dict[str, Any]], place: Path) -> None:
    """Replace the artifacts, file by file, so that a reader never sees half of one."""
    place.mkdir(parents=True, exist_ok=True)
    for name, artifact in artifacts.items():
        fresh = place / f".{name}.new"
        fresh.write_text(json.dumps(artifact, sort_keys=True, separators=(",", ":")))
        fresh.replace(place / f"{name}.json")
    for stale in place.glob("*.json"):
        if stale.stem not in artifacts:
            stale.unlink()
