"""What jobs and credit lines wait for, and that they go on by themselves once it is there."""

from collections.abc import Callable

import pytest

from tests.integration.operator import waits
from tests.integration.operator.scene import Scene
from tests.integration.operator.tenant import Tenant
from tests.integration.operator.things import Job


@pytest.mark.parametrize("act", waits.WAITED, ids=lambda act: act.__name__)
def test_a_job_waits_for_what_it_needs_and_goes_on_by_itself(quiet: Scene, act: Callable[[Tenant], Job]) -> None:
    job = quiet.of(act)
    assert not job.status.get("attempts")


def test_an_image_is_refused_where_none_can_run(quiet: Scene) -> None:
    job = quiet.of(waits.with_image)
    assert "leave out workload.source.image" in job.message("Stalled")
    assert job.status["phase"] == "Stalled"


def test_a_job_without_credit_waits_until_more_is_deposited(quiet: Scene) -> None:
    assert quiet.of(waits.short_of_credit).charged == 0


def test_a_forged_line_is_not_opened_and_stands_in_nobodys_way(quiet: Scene) -> None:
    line, genuine = quiet.of(waits.forged)
    assert not line.status.get("txHash")
    assert genuine.reason("Ready") == "Active"


def test_a_line_that_was_signed_for_another_namespace_is_not_opened(quiet: Scene) -> None:
    assert quiet.of(waits.copied).reason("Stalled") == "TenantMismatch"


def test_of_two_objects_for_one_line_the_older_counts_until_it_is_deleted(quiet: Scene) -> None:
    _, second = quiet.of(waits.doubled)
    assert second.reason("Ready") == "Active"
