"""Schemas say in Kubernetes' words what the models say."""

from typing import Annotated

import pytest
from pydantic import ConfigDict, Field

from hansa_operator.api.fields import Amount, Quantity
from hansa_operator.api.model import Model
from hansa_operator.api.rules import VALIDATIONS, immutable, rule, rules
from hansa_operator.api.schema import build_schema


class Inner(Model):
    """Hold one thing."""

    model_config = ConfigDict(json_schema_extra=rules(rule("true", "inner")))
    size_bytes: int = Field(ge=1, description="Size.")


class Outer(Model):
    """Hold all shapes."""

    inner: Inner | None = Field(
        default=None, description="Better known out here.", json_schema_extra=rules(rule("1==1", "outer"))
    )
    many: Annotated[tuple[Inner, ...], Field(max_length=3)] = ()
    price: Amount | None = None
    memory: Quantity | None = None


def test_references_are_written_out_and_the_outer_description_wins() -> None:
    inner = build_schema(Outer)["properties"]["inner"]
    assert inner["description"] == "Better known out here."
    assert inner["properties"]["sizeBytes"] == {
        "type": "integer",
        "format": "int64",
        "minimum": 1,
        "description": "Size.",
    }


def test_rules_of_type_and_field_add_up() -> None:
    assert [one["message"] for one in build_schema(Outer)["properties"]["inner"][VALIDATIONS]] == ["inner", "outer"]


def test_optional_is_absent_and_never_null() -> None:
    schema = build_schema(Outer)
    assert "required" not in schema
    assert schema["properties"]["price"]["type"] == "string"
    assert "nullable" not in str(schema)


def test_quantities_are_numbers_or_strings() -> None:
    memory = build_schema(Outer)["properties"]["memory"]
    assert memory["x-kubernetes-int-or-string"] is True
    assert "type" not in memory


def test_a_union_that_kubernetes_cannot_state_is_refused() -> None:
    class Loose(Model):
        """Hold a union."""

        either: int | bool

    with pytest.raises(ValueError, match="cannot state this union"):
        build_schema(Loose)


def test_a_fixed_field_may_not_come_or_go() -> None:
    (stated,) = immutable({"a.b": "make another"})
    assert stated["rule"] == (
        "(has(self.a) && has(self.a.b)) == (has(oldSelf.a) && has(oldSelf.a.b)) && "
        "(!(has(self.a) && has(self.a.b)) || self.a.b == oldSelf.a.b)"
    )
    assert (stated["fieldPath"], stated["message"]) == (".a.b", "a.b cannot be changed: make another")
