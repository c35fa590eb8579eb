"""Find the files that ship with Hansa: inside the wheel, or where they are kept in a clone."""

from pathlib import Path

from hansa_cli.problem import Problem

IN_WHEEL = Path(__file__).parent
IN_CLONE = Path(__file__).parents[2]


def example(name: str) -> Path:
    """Return an example job's directory."""
    return _find(f"examples/{name}", f"jobs/examples/{name}")


def operator_role() -> Path:
    """Return the manifest of the operator's roles, which the chart installs too."""
    return _find("chart/operator-role.yaml", "charts/hansa/files/operator-role.yaml")


def _find(in_wheel: str, in_clone: str) -> Path:
    for path in (IN_WHEEL / in_wheel, IN_CLONE / in_clone):
        if path.exists():
            return path
    raise Problem(f"{in_wheel} is missing from this installation", "install Hansa again, or run it from a clone")
