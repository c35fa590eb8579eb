"""What is no node's URL is told as such, without showing it."""

import pytest

from hansa_chain.errors import NoUrl
from hansa_chain.rpc import Chain
from hansa_cli.chain_access import explain_chain
from hansa_cli.problem import ExitCode


@pytest.mark.parametrize("given", ["foo", "foo:80", "http://", "ftp://node", "http://node:port", "http://[::1"])
def test_what_is_no_url_is_refused_before_anything_is_sent(given: str) -> None:
    with pytest.raises(NoUrl, match="is none: write http://HOST:PORT") as raised:
        Chain.connect(given, chain_id=1)
    assert explain_chain(raised.value).code is ExitCode.USAGE
