"""What the operator is told by its environment; nothing else reads it."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from hansa_operator.adapters.logs import LogFormat, LogLevel

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class SettingsInvalid(ValueError):
    """Raised for a variable that the operator cannot work with; the message names it and says what to write."""

    def __init__(self, variable: str, value: str, remedy: str) -> None:
        what = f"{variable} is {value[:200]!r}" if value else f"{variable} is not set"
        super().__init__(f"{what}: {remedy}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the settings; none of them is a secret."""

    kubeconfig: Path | None
    """None: in-cluster, with the pod's service account."""
    hub: str
    namespace: str
    store: Path
    local_home: Path
    gateway_host: str
    gateway_port: int
    gateway_url: str
    """Where others reach the gateway; what statuses refer to. Without a slash at the end."""
    health_host: str
    health_port: int
    """0: any that is free."""
    deployment: Path | None
    """A deployment's manifest: the contracts must have the code that it says. None: they are taken as they are."""
    ports_file: Path | None
    """Where to write {"gateway": N, "health": N} once both listen."""
    log_format: LogFormat
    log_level: LogLevel

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings that variables state; an empty one counts as not set. Raises SettingsInvalid."""
        given = _Variables(environ)
        store = given.directory("HANSA_STORE")
        host, port = given.text("HANSA_GATEWAY_HOST", "127.0.0.1"), given.port("HANSA_GATEWAY_PORT", 8090, least=1)
        return cls(
            kubeconfig=given.path("KUBECONFIG"),
            hub=given.name("HANSA_HUB"),
            namespace=given.name("HANSA_NAMESPACE", "hansa-system"),
            store=store,
            local_home=given.path("HANSA_LOCAL_HOME") or store.parent / "local",
            gateway_host=host,
            gateway_port=port,
            gateway_url=given.url("HANSA_GATEWAY_URL", _url(host, port)),
            health_host=given.text("HANSA_HEALTH_HOST", "127.0.0.1"),
            health_port=given.port("HANSA_HEALTH_PORT", 8080, least=0),
            deployment=given.path("HANSA_DEPLOYMENT"),
            ports_file=given.path("HANSA_PORTS_FILE"),
            log_format=LogFormat(given.word("HANSA_LOG_FORMAT", LogFormat.JSON, tuple(LogFormat))),
            log_level=LogLevel(given.word("HANSA_LOG_LEVEL", LogLevel.INFO, tuple(LogLevel))),
        )


@dataclass(frozen=True, slots=True)
class _Variables:
    """Read variables by what they should hold."""

    environ: Mapping[str, str]

    def text(self, variable: str, default: str = "") -> str:
        return self.environ.get(variable, "").strip() or default

    def name(self, variable: str, default: str = "") -> str:
        value = self.text(variable, default)
        if not _NAME.fullmatch(value):
            raise SettingsInvalid(variable, value, "write an object's name: at most 63 of a-z, 0-9 and -")
        return value

    def path(self, variable: str) -> Path | None:
        value = self.text(variable)
        # Absolute from here on: nothing may depend on where the process goes.
        return Path(value).absolute() if value else None

    def directory(self, variable: str) -> Path:
        path = self.path(variable)
        if path is None or (path.exists() and not path.is_dir()):
            raise SettingsInvalid(variable, self.text(variable), "write the path of a directory of the operator's own")
        return path

    def port(self, variable: str, default: int, *, least: int) -> int:
        value = self.text(variable, str(default))
        if not (value.isascii() and value.isdigit() and len(value) <= 5 and least <= int(value) <= 65535):
            raise SettingsInvalid(variable, value, f"write a port, a whole number from {least} to 65535")
        return int(value)

    def word(self, variable: str, default: str, words: tuple[str, ...]) -> str:
        value = self.text(variable, default).lower()
        if value not in words:
            raise SettingsInvalid(variable, value, f"write one of {', '.join(words)}")
        return value

    def url(self, variable: str, default: str | None) -> str:
        remedy = "write the URL by which providers and customers reach the gateway, such as https://hub.example.com"
        value = self.text(variable, default or "")
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        if "@" in value:
            raise SettingsInvalid(variable, "(not shown)", f"it holds credentials, and everybody sees it: {remedy}")
        if not sound or "?" in value or "#" in value:
            raise SettingsInvalid(variable, value, remedy)
        return value.rstrip("/")


def _url(host: str, port: int) -> str | None:
    """Return the URL of a host and port, or None when the host means all addresses of the machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        return None
    return f"http://[{host}]:{port}" if address.version == 6 else f"http://{host}:{port}"
