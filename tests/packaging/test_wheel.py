"""The built wheel, installed into an empty environment, is the whole product."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import REPOSITORY, UV

PACKAGES = ("hansa_protocol", "hansa_chain", "hansa_jobs", "hansa_operator", "hansa_cli")
CONTRACTS = ("Vault", "CreditLines", "Providers", "Services", "Settlement")


def run(*argv: str | Path, cwd: Path) -> str:
    """Run a program away from the repository; return its output, or fail with all that it said."""
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, REPOSITORY, cwd=place)
    (built,) = place.glob("hansa-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bin directory of an empty environment with the wheel and what its `cli` extra asks for."""
    place = tmp_path_factory.mktemp("installed")
    constraints = place / "constraints.txt"
    # Without their hashes, which pip's options would ask of the wheel itself too.
    pins = re.findall(r"^[A-Za-z0-9._-]+==[^\\\n]+", (REPOSITORY / "requirements.txt").read_text(), re.MULTILINE)
    constraints.write_text("\n".join(pins))
    run(UV, "venv", "--python", sys.executable, place / "venv", cwd=place)
    install = [UV, "pip", "install", "--python", place / "venv/bin/python", "-c", constraints]
    run(*install, f"hansa[cli] @ {wheel.as_uri()}", cwd=place)
    return place / "venv/bin"


def test_the_wheel_has_every_package_with_its_types(contents: list[str]) -> None:
    for package in PACKAGES:
        assert f"{package}/__init__.py" in contents
        assert f"{package}/py.typed" in contents


def test_the_wheel_has_the_contracts(wheel: Path, contents: list[str]) -> None:
    for name in CONTRACTS:
        assert f"hansa_chain/artifacts/{name}.json" in contents
    with zipfile.ZipFile(wheel) as archive:
        artifact = json.loads(archive.read("hansa_chain/artifacts/Settlement.json"))
    assert len(bytes.fromhex(artifact["bytecode"].removeprefix("0x"))) > 1000
    assert {"function", "event", "error"} <= {entry["type"] for entry in artifact["abi"]}


def test_the_wheel_has_the_examples_of_the_demo(contents: list[str]) -> None:
    jobs = {file.parent.name for file in (REPOSITORY / "jobs/examples").glob("*/job.yaml")}
    assert jobs
    assert {f"hansa_cli/examples/{job}/job.yaml" for job in jobs} <= set(contents)


def test_the_wheel_has_the_operators_roles_as_the_chart_has_them(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = archive.read("hansa_cli/chart/operator-role.yaml")
    assert shipped == (REPOSITORY / "charts/hansa/files/operator-role.yaml").read_bytes()


def test_the_wheel_has_nothing_else(contents: list[str]) -> None:
    tops = {name.split("/")[0] for name in contents}
    assert tops == {*PACKAGES, next(top for top in tops if top.endswith(".dist-info"))}
    assert any(name.endswith("licenses/LICENSE") for name in contents)


@pytest.mark.parametrize("program", ["hansa", "kubectl-hansa"])
def test_the_console_scripts_run_from_an_empty_environment(installed: Path, program: str, tmp_path: Path) -> None:
    assert "demo" in run(installed / program, "--help", cwd=tmp_path)


def test_what_ships_beside_the_code_is_found_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    ask = "from hansa_cli.shipped import example, operator_role; print(example('digits'), operator_role())"
    for path in run(installed / "python", "-c", ask, cwd=tmp_path).split():
        assert "site-packages/hansa_cli/" in path


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_imported_from_the_wheel(installed: Path, package: str, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", f"import {package}; print({package}.__file__)", cwd=tmp_path)
    assert "site-packages" in where
    assert str(REPOSITORY) not in where


def test_every_module_is_imported_with_the_extras_it_is_meant_for(installed: Path, tmp_path: Path) -> None:
    walk = (
        "import importlib, pkgutil, sys\n"
        "for name in sys.argv[1:]:\n"
        "    package = importlib.import_module(name)\n"
        "    for found in pkgutil.walk_packages(package.__path__, name + '.'):\n"
        "        if not found.name.endswith('__main__'): importlib.import_module(found.name)\n"
    )
    run(installed / "python", "-c", walk, *PACKAGES, cwd=tmp_path)
