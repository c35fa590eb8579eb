"""JSON as the API server reads it where it takes YAML too, which is what applied manifests are to it."""

import json
import re
from typing import Any

_ESCAPED = re.compile("[\x7f-\uffff]")


def encode(body: Any) -> bytes:
    """Return plain data as JSON.

    YAML knows no pairs of surrogates, so characters beyond 16 bits are written as they are; all others that are not
    ASCII are escaped, since some of them may not stand in YAML.
    """
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
