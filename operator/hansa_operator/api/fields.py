"""Types of fields that several kinds share. Every string and list is bounded: CEL's cost follows from the bounds."""

from typing import Annotated

from pydantic import Field

from hansa_operator.api.model import Model
from hansa_operator.api.rules import rule, rules, within

AMOUNT = r"^(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?$"

_AMOUNT = rule(
    f"self.matches('{AMOUNT}')",
    'must be a decimal amount in tokens as a quoted string, such as "12.50": digits, at most 18 decimals, '
    "no sign, no unit",
)
_SOME = rule("!self.matches('^0([.]0+)?$')", 'must be more than 0, such as "12.50": it is the most that may be paid')
Amount = Annotated[str, Field(max_length=40, json_schema_extra=rules(_AMOUNT))]
"""A decimal amount in token units, such as "12.50"."""
PositiveAmount = Annotated[str, Field(max_length=40, json_schema_extra=rules(_AMOUNT, _SOME))]
"""An amount that is not zero."""

EvmAddress = Annotated[
    str,
    Field(
        max_length=42,
        json_schema_extra=rules(
            rule(
                "self.matches('^0x[0-9a-fA-F]{40}$')",
                "must be an EVM address: 0x and 40 hexadecimal digits (quote it in YAML)",
            )
        ),
    ),
]
"""An EVM address, 0x and 40 hexadecimal digits."""

Digest = Annotated[
    str,
    Field(
        max_length=66,
        json_schema_extra=rules(
            rule("self.matches('^0x[0-9a-fA-F]{64}$')", "must be 32 bytes in hexadecimal: 0x and 64 digits")
        ),
    ),
]
"""32 bytes in hexadecimal, 0x and 64 digits."""

Signature = Annotated[
    str,
    Field(
        max_length=132,
        json_schema_extra=rules(
            rule(
                "self.matches('^0x[0-9a-fA-F]{130}$')",
                "must be an EIP-712 signature: 65 bytes, 0x and 130 hexadecimal digits",
            )
        ),
    ),
]
"""An EIP-712 signature of 65 bytes in hexadecimal, 0x and 130 digits."""

Sha256 = Annotated[
    str,
    Field(
        # Room for the 0x that other digests have, so that the rule says what is wrong, and not the bound.
        max_length=66,
        json_schema_extra=rules(
            rule(
                "self.matches('^[0-9a-f]{64}$')",
                "must be a SHA-256 in 64 lower-case hexadecimal digits, as `sha256sum FILE` prints it",
            )
        ),
    ),
]
"""A SHA-256 in 64 lower-case hexadecimal digits."""

Name = Annotated[
    str,
    Field(
        max_length=253,
        json_schema_extra=rules(
            rule(
                "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
                "must be the name of an object: lower-case a-z, 0-9, - and .",
            )
        ),
    ),
]
"""The name of an object."""

Uri = Annotated[str, Field(max_length=2048)]
ArchiveUri = Annotated[
    str,
    Field(
        max_length=2048,
        json_schema_extra=rules(
            rule(
                "self.matches('^(https?|file)://.')",
                "must begin with https://, http:// or file://: the provider's runner fetches it",
            )
        ),
    ),
]
"""Where a provider's runner can fetch an archive from: it knows no other ways."""
ShortText = Annotated[str, Field(max_length=256)]
Message = Annotated[str, Field(max_length=2048)]
Time = Annotated[str, Field(max_length=64, json_schema_extra={"format": "date-time"})]
Quantity = Annotated[
    int | str,
    Field(
        json_schema_extra={
            "x-kubernetes-int-or-string": True,
            "maxLength": 32,
            **rules(
                rule(
                    "type(self) == int ? self >= 0 : self.matches('^[0-9]+([.][0-9]+)?(m|[kKMGT]i?)?$')",
                    "must be a quantity of Kubernetes, such as 500m, 2 or 80Gi: a number and its unit, without a space",
                )
            ),
        }
    ),
]
"""A Kubernetes quantity, such as 500m, 8Gi or 2."""
Bps = Annotated[int, Field(json_schema_extra=within(0, 10_000, "1/10,000, so that 100 are 1 %"))]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Big = Annotated[int, Field(ge=0, le=2**53)]


class NamedRef(Model):
    """Refer to an object by name."""

    name: Name = Field(description="Name of the object.")


class MatchLabels(Model):
    """Select objects by labels; all of them must match."""

    match_labels: Annotated[dict[str, ShortText], Field(max_length=16)] = Field(
        description="Labels that an object must have, with exactly these values."
    )
