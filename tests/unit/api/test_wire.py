"""What is sent to the API server is JSON that its YAML reader takes as well."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hansa_operator.api.wire import encode


@given(st.text(st.characters(codec="utf-8")))
def test_every_text_comes_through(text: str) -> None:
    assert json.loads(encode({"text": text})) == {"text": text}


@given(st.text(st.characters(codec="utf-8")))
def test_there_are_no_pairs_of_surrogates_and_no_bare_characters_that_yaml_lacks(text: str) -> None:
    sent = encode(text).decode()
    assert all(" " <= one <= "~" or one > "\uffff" for one in sent)
    assert "\\ud8" not in sent.replace("\\\\", "")
