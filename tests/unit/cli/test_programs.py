"""The last words of a program that did not start are told as people read them."""

import pytest

from hansa_cli.sandbox.programs import words_of


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            '{"time": "2026", "level": "warning", "message": "no lease", "why": "etcd is away"}',
            "no lease: etcd is away",
        ),
        ('{"message": "started"}', "started"),
        ("panic: no disk", "panic: no disk"),
        ('{"msg": "of another kind"}', '{"msg": "of another kind"}'),
        ("[1]", "[1]"),
    ],
)
def test_a_line_of_a_log_is_told_in_its_words(line: str, words: str) -> None:
    assert words_of(line) == words
