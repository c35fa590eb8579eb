"""Answers of the API server become errors that say what they mean: unknown is never absence."""

from typing import Any

import pytest

from hansa_operator.adapters.kube.session import explain
from hansa_operator.ports.kube import ApiUnreachable, Conflict, Forbidden, Invalid, KubeError, NotFound

NAMED: dict[str, Any] = {"message": 'aijobs "a" not found', "details": {"name": "a", "kind": "aijobs"}}
TERMINATING: dict[str, Any] = {"message": "forbidden", "details": {"causes": [{"reason": "NamespaceTerminating"}]}}


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (404, NAMED, NotFound),
        (404, {"message": "404 page not found"}, ApiUnreachable),
        (404, {"details": {}}, ApiUnreachable),
        (404, {"details": None}, ApiUnreachable),
        (409, NAMED, Conflict),
        (403, TERMINATING, Conflict),
        (403, {"message": "forbidden"}, Forbidden),
        (401, {"message": "Unauthorized"}, Forbidden),
        (410, {"message": "expired"}, ApiUnreachable),
        (429, {}, ApiUnreachable),
        (500, {}, ApiUnreachable),
        (503, {"message": "<html>proxy</html>"}, ApiUnreachable),
        (599, {}, ApiUnreachable),
        (400, {"message": "bad"}, Invalid),
        (422, {"message": "bad"}, Invalid),
    ],
)
def test_an_answer_means(status: int, answer: dict[str, Any], error: type[KubeError]) -> None:
    meant = explain(status, answer, "GET /x")
    assert type(meant) is error
    assert str(meant).find("GET /x") >= 0


@pytest.mark.parametrize("status", [401, 403, 410, 422, 500])
def test_each_refusal_says_what_to_do_or_that_it_is_tried_again(status: int) -> None:
    text = str(explain(status, {"message": "no"}, "GET /x"))
    assert any(remedy in text for remedy in ("tried again", "Grant", "renew", "kubectl apply"))
