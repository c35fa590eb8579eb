"""Metadata and conditions, as every kind has them."""

from typing import Annotated

from pydantic import Field

from hansa_operator.api.fields import Time
from hansa_operator.api.model import Model


class ObjectMeta(Model):
    """Hold the part of Kubernetes' metadata that decisions need."""

    name: str
    namespace: str | None = None
    uid: str | None = None
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] = ()
    resource_version: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)


class Condition(Model):
    """State one aspect of an object, as metav1.Condition does."""

    type: Annotated[str, Field(max_length=64)] = Field(description="What is stated, in CamelCase.")
    status: Annotated[str, Field(max_length=8, json_schema_extra={"enum": ["True", "False", "Unknown"]})] = Field(
        description="True, False, or Unknown when it could not be observed."
    )
    reason: Annotated[str, Field(max_length=64)] = Field(description="Why, in one CamelCase word for programs.")
    message: Annotated[str, Field(max_length=2048)] = Field(
        default="", description="Why, and what to do about it, for people."
    )
    last_transition_time: Time | None = Field(default=None, description="When `status` last changed.")
    observed_generation: int | None = Field(
        default=None, description="The metadata.generation that this statement is about."
    )


Conditions = Annotated[
    tuple[Condition, ...],
    Field(
        max_length=16,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
    ),
]


class Status(Model):
    """Hold what every status has."""

    observed_generation: int | None = Field(
        default=None, description="The metadata.generation that this status is about; an older one is out of date."
    )
    conditions: Conditions = Field(default=(), description="What holds now; tools wait on these.")
