"""A real Kubernetes control plane, built from pinned sources into a cache that all clones share."""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from hansa_setup.command import Argv, Command, run_together
from hansa_setup.failure import SetupFailure
from hansa_setup.layout import Layout
from hansa_setup.locking import hold
from hansa_setup.prerequisites import check_program
from hansa_setup.progress import say
from hansa_setup.runtimes import find_go
from hansa_setup.stamps import Step, key_of, link

BUILD_BYTES = 55 * 10**8  # Go's cache while it builds, and the sources
# What decides a build besides the module's files; a person's own Go settings must not.
GO_SETTINGS = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "",
    "GOWORK": "off",
    "GOTOOLCHAIN": "local",
    "GO111MODULE": "on",
    # The compiler collects its own garbage less often: a tenth of its time for some more memory.
    "GOGC": "400",
}
USUAL_MINUTES = "6 to 14"


@dataclass(frozen=True, slots=True)
class Program:
    """Name a program, the folder of the module that pins it, and its package."""

    name: str
    module: str
    package: str


PROGRAMS = (
    Program("etcd", "etcd", "."),
    Program("kube-apiserver", ".", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Program("kube-controller-manager", ".", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Program("kubectl", ".", "k8s.io/kubernetes/cmd/kubectl"),
)


def control_plane_step(layout: Layout, environ: Mapping[str, str]) -> Step:
    """Return the step that links the control plane's programs; with a cluster given, kubectl alone."""
    given = environ.get("HANSA_KUBECONFIG") or environ.get("KIND", "") not in ("", "0")
    programs = tuple(program for program in PROGRAMS if not given or program.name == "kubectl")
    return Step(
        name="kubectl" if given else "control-plane",
        title="kubectl" if given else "Kubernetes control plane",
        key=key_of(platform.machine(), files=[file for program in programs for file in _sources(layout, program)]),
        outputs=tuple(layout.bin / program.name for program in programs),
        make=lambda: _make(layout, programs),
        needed_bytes=0 if all(_is_cached(layout, program) for program in programs) else BUILD_BYTES,
    )


def _sources(layout: Layout, program: Program) -> list[Path]:
    folder = layout.control_plane / program.module
    return sorted(path for path in folder.iterdir() if path.suffix in (".go", ".mod", ".sum"))


def _make(layout: Layout, programs: tuple[Program, ...]) -> None:
    check_program("git", "Go may need it to fetch modules")
    go = find_go(layout)
    go_version = _go_version(go)
    with hold(_cache(layout) / "lock", "the control plane"):
        built = {one: _cache(layout) / f"{_key(layout, one)}-{go_version}" / one.name for one in programs}
        _build(layout, go, {program: path for program, path in built.items() if not path.is_file()})
        for program, path in built.items():
            link(path, layout.bin / program.name)
        # Gigabytes that only another version's build would use.
        shutil.rmtree(_cache(layout) / "go-build", ignore_errors=True)


def _cache(layout: Layout) -> Path:
    return layout.cache / "controlplane"


def _key(layout: Layout, program: Program) -> str:
    return key_of(platform.machine(), ldflags(layout), files=_sources(layout, program))[:16]


def _is_cached(layout: Layout, program: Program) -> bool:
    return any(_cache(layout).glob(f"{_key(layout, program)}-*/{program.name}"))


def _build(layout: Layout, go: Path, missing: Mapping[Program, Path]) -> None:
    """Build programs to where they are kept; those of a module at once, and the modules side by side."""
    if not missing:
        return
    names = ", ".join(program.name for program in missing)
    say(f"  building {names} (some {USUAL_MINUTES} minutes for all on two cores, once on this machine)")
    fresh = _cache(layout) / f".{os.getpid()}.new"
    modules = groupby(missing, key=lambda program: program.module)
    commands = [_command(layout, go, module, list(programs), fresh) for module, programs in modules]
    try:
        run_together(f"building {names}", commands)
        for program, path in missing.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            (fresh / program.name).rename(path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _command(layout: Layout, go: Path, module: str, programs: Sequence[Program], fresh: Path) -> Command:
    argv: Argv = [
        go,
        "build",
        "-buildvcs=false",
        "-trimpath",
        "-mod=readonly",
        "-gcflags=all=-dwarf=false",
        "-ldflags",
        ldflags(layout),
        "-o",
        f"{fresh}{os.sep}",
        *(program.package for program in programs),
    ]
    env = {**GO_SETTINGS, "GOCACHE": str(_cache(layout) / "go-build")}
    # A log of its own: the last words of one that fails must not be another's.
    return Command(argv, layout.work / f"{programs[0].name}.log", layout.control_plane / module, env)


def ldflags(layout: Layout) -> str:
    """Return the linker's flags: small, and with the version that clients of the API read."""
    found = re.search(r"k8s\.io/kubernetes v((\d+)\.(\d+)\.\d+)", (layout.control_plane / "go.mod").read_text())
    if found is None:
        raise SetupFailure(
            "tools/controlplane/go.mod names no Kubernetes.", "Restore it: git checkout tools/controlplane"
        )
    values = {"gitVersion": f"v{found[1]}", "gitMajor": found[2], "gitMinor": found[3], "gitTreeState": "clean"}
    return " ".join(
        ["-s", "-w", *(f"-X k8s.io/component-base/version.{name}={value}" for name, value in values.items())]
    )


def _go_version(go: Path) -> str:
    environ = {**os.environ, **GO_SETTINGS}
    return subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=True, env=environ
    ).stdout.strip()
