"""The commands of `hansa`, as a person types them."""

from typing import Any

import typer

from hansa_cli.main import app


def commands() -> dict[str, Any]:
    """Return every command by what is typed, those of a group as `GROUP NAME`."""
    top = typer.main.get_command(app).commands
    below = {f"{name} {one}": command for name, group in top.items() for one, command in _subcommands(group).items()}
    return {**{name: command for name, command in top.items() if not _subcommands(command)}, **below}


def _subcommands(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})
