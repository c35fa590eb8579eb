"""IOUs and orders are read from files that nobody vouches for: what is wrong with one is told in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from hansa_cli.problem import ExitCode, Problem
from hansa_cli.verify.papers import read_ious, read_orders
from hansa_operator.api.hub import VaultRef
from tests.unit.protocol.test_batch import HUB, VAULT, batch_of, slice_of

IOU = {
    "hub": HUB,
    "vault": VAULT,
    "epoch": 7,
    "payee": "0x" + "2" * 40,
    "seq": 1,
    "cumulative": str(2**96 - 1),
    "signature": "0x" + "11" * 65,
}


def ious(folder: Path, **changes: Any) -> Path:
    file = folder / "ious"
    file.write_text(json.dumps({"ious": [IOU | changes]}))
    return file


def test_the_largest_iou_is_read(tmp_path: Path) -> None:
    ((iou, signature),) = read_ious(ious(tmp_path))
    assert (iou.cumulative, signature) == (2**96 - 1, b"\x11" * 65)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cumulative", str(2**96)),
        ("cumulative", "-1"),
        ("epoch", 2**64),
        ("seq", 2**32),
        ("payee", "0x12"),
        ("hub", 5),
        ("signature", "0xzz"),
        ("signature", "0x11"),
    ],
)
def test_an_iou_with_a_field_out_of_its_range_is_refused_by_the_name_of_the_field(
    tmp_path: Path, field: str, value: object
) -> None:
    with pytest.raises(Problem, match=rf"is no list of IOUs: ious\.0\.{field}: ") as met:
        read_ious(ious(tmp_path, **{field: value}))
    assert met.value.code is ExitCode.USAGE
    assert "\n" not in met.value.what


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, "&a {kind: List, items: [*a]}", "specDigest: 2001-13-45", "x: !!float abc", "\x00", "\xff"],
)
def test_orders_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "orders"
    file.write_bytes(content.encode("latin-1"))
    vault = VaultRef(address=VAULT, token="0x" + "3" * 40, symbol="-", decimals=18)
    with pytest.raises(Problem, match="holds no order") as met:
        read_orders(file, batch_of(slice_of(1)), vault)
    assert met.value.code is ExitCode.USAGE
