"""A zip of outputs: summed up as the runner does, and harmless whatever is in it."""

import contextlib
import io
import os
import random
import struct
import zipfile

import pytest

from hansa_jobs.agent.shipping import zip_outputs
from hansa_jobs.runner.outputs import summarise
from hansa_operator.ports.intake import IntakeRefused
from hansa_operator.reconcile.intake.outputs import summarise_zip

NAMES = ["a", "a.b", "a/b", "Z", "ä/ö", "one two", "quote\"'"]


def packed(files, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def test_hub_and_runner_sum_up_the_same_files_alike(tmp_path):
    for name in NAMES:
        path = tmp_path / name if name != "a/b" else tmp_path / "c" / "b"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(os.urandom(len(name)))
    assert summarise_zip(zip_outputs(tmp_path)) == summarise(tmp_path, 10_000)


HOSTILE = {
    "it is no zip": (b"hello", (400, "BadZip")),
    "it is nothing": (b"", (400, "BadZip")),
    "it is cut off": (packed([("a", b"x" * 1000)])[:-30], (400, "BadZip")),
    "a byte is turned": (packed([("a", b"x" * 9)], zipfile.ZIP_STORED).replace(b"xxx", b"xyx", 1), (400, "BadZip")),
    "it needs a dictionary of any size": (packed([("a", b"x")], zipfile.ZIP_LZMA), (400, "BadZip")),
    "it unpacks to more than allowed": (packed([("a", bytes(2_001))]), (413, "TooLarge")),
    "it says that it has more files than allowed": (packed([(str(n), b"") for n in range(11)]), (413, "TooManyFiles")),
}


@pytest.mark.parametrize(("data", "refusal"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_refused_before_it_costs_much(data, refusal):
    with pytest.raises(IntakeRefused) as refused:
        summarise_zip(data, max_bytes=2_000, max_files=10)
    assert (refused.value.status, refused.value.reason) == refusal


def test_a_file_that_unpacks_to_more_than_it_says_is_not_read_on():
    data = packed([("a", bytes(100_000))])
    lying = data.replace(struct.pack("<L", 100_000), struct.pack("<L", 10))
    with pytest.raises(IntakeRefused, match="no readable zip"):
        summarise_zip(lying)


def test_random_damage_is_refused_or_harmless():
    sound, chance = packed([(name, name.encode() * 50) for name in NAMES]), random.Random(5)
    for _ in range(2_000):
        broken = bytearray(sound)
        for _ in range(chance.randrange(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with contextlib.suppress(IntakeRefused):
            summarise_zip(bytes(broken))
