"""Workload: code with its entrypoint, as AIJob and AIService have it."""

from typing import Annotated

from pydantic import ConfigDict, Field

from hansa_operator.api.fields import ArchiveUri, Name, NamedRef, Sha256, ShortText, Uri
from hansa_operator.api.model import Model
from hansa_operator.api.rules import exactly_one, rule, rules

ArgumentList = Annotated[tuple[Annotated[str, Field(max_length=4096)], ...], Field(max_length=128)]


class Archive(Model):
    """Point at an archive of code; the provider's side fetches it and checks the digest."""

    uri: ArchiveUri = Field(description="Where the archive is, such as https://host/code.zip.")
    sha256: Sha256 = Field(description="SHA-256 of the archive; other bytes are refused.")


class Source(Model):
    """Say where the code comes from."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!(has(self.configMapRef) && has(self.archive))",
                "set at most one of configMapRef (small code in this namespace) or archive (anything larger)",
            )
        )
    )

    image: Annotated[str, Field(max_length=512)] | None = Field(
        default=None, description="Container image, best by digest; pools with backend Local run none."
    )
    config_map_ref: NamedRef | None = Field(
        default=None,
        description="ConfigMap of this namespace whose keys become files; its content is kept when admitted.",
    )
    archive: Archive | None = Field(default=None, description="Archive of code with its digest.")


class SecretKeyRef(Model):
    """Refer to one key of a Secret in the job's namespace."""

    name: Name = Field(description="Name of the Secret.")
    key: ShortText = Field(description="Key in the Secret.")


class EnvVar(Model):
    """Set one environment variable."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            exactly_one(
                ("value", "secretKeyRef"), "set exactly one of value (plain text) or secretKeyRef (from a Secret)"
            ),
            rule(
                "!self.name.startsWith('HANSA_') && !self.name.startsWith('RAY_')",
                "names that begin with HANSA_ or RAY_ are set by the system: choose another name",
                field="name",
            ),
        )
    )

    name: Annotated[str, Field(max_length=128)] = Field(
        json_schema_extra=rules(
            rule(
                "self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",
                "must be the name of a variable: letters, digits and _, with no digit in front",
            )
        ),
        description="Name of the variable.",
    )
    value: Annotated[str, Field(max_length=4096)] | None = Field(default=None, description="Plain value.")
    secret_key_ref: SecretKeyRef | None = Field(default=None, description="Value from a Secret of this namespace.")


class RuntimeEnv(Model):
    """Install packages before the code starts."""

    pip: Annotated[tuple[ShortText, ...], Field(max_length=64)] = Field(
        default=(), description="Python requirements, such as torch==2.9.0."
    )
    py_modules: Annotated[tuple[Uri, ...], Field(max_length=16)] = Field(
        default=(), description="Addresses of Python modules to put on the path."
    )


class Workload(Model):
    """State what runs."""

    entrypoint: ArgumentList = Field(
        json_schema_extra=rules(
            rule("size(self) > 0 && self[0] != ''", "must name a program, such as [python, train.py]")
        ),
        description="Program and arguments as a list, such as [python, train.py]; never a shell string.",
    )
    source: Source | None = Field(default=None, description="Where the code comes from.")
    env: Annotated[
        tuple[EnvVar, ...],
        Field(
            max_length=64, json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
        ),
    ] = Field(default=(), description="Environment variables, at most 64.")
    runtime_env: RuntimeEnv | None = Field(default=None, description="Packages to install before the code starts.")
