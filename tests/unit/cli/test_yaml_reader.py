"""Manifests are read as kubectl reads them."""

import pytest

from hansa_cli.cluster.yaml_reader import read_yaml

ADDRESS = "0xA1A1a1a1A1A1A1A1A1a1a1a1a1a1A1A1a1A1a1a1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (ADDRESS, ADDRESS),
        (f"'{ADDRESS}'", ADDRESS),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("0x10", 16),
        ("9007199254740991", 9007199254740991),
        ("'1.50'", "1.50"),
    ],
)
def test_what_looks_like_a_number_or_a_date_is_what_kubectl_takes_it_for(written: str, read: object) -> None:
    assert list(read_yaml(f"value: {written}")) == [{"value": read}]


def test_nothing_but_plain_data_is_made() -> None:
    with pytest.raises(Exception, match="could not determine a constructor"):
        list(read_yaml("!!python/object/apply:os.system [true]"))
