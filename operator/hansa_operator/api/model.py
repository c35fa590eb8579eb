"""What all models share: frozen, camelCase outside, lenient about fields that they do not know."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

GROUP = "hansa.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"


def alias(name: str) -> str:
    """Return a field's name in manifests: camelCase, with `ID` written as Kubernetes writes it."""
    camel = to_camel(name)
    return camel.removesuffix("Id") + "ID" if camel.endswith("Id") else camel


class Model(BaseModel):
    """Hold a part of an object. Reading ignores unknown fields, so that a newer CRD does not break an older reader."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=alias, validate_by_name=True, validate_by_alias=True
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with these fields. Unlike pydantic's own it validates them, so nested dicts become models."""
        if not update:
            return super().model_copy(deep=deep)
        return type(self).model_validate({**dict(self), **update})

    def manifest(self) -> dict[str, Any]:
        """Return the JSON form that is sent to the API server: camelCase, without what is not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
