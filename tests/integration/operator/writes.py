"""Count what an operator says it wrote into statuses of jobs, beside the changes of statuses that were seen."""

import time

from tests.integration.operator.market import Market

AGREE_SECONDS = 5.0


class Writes:
    """Count from now on, until `stop`; the operator must be the same process all the while."""

    def __init__(self, market: Market) -> None:
        self._market, self._begun, self._before = market, time.monotonic(), 0
        self._before = self._told()
        self.count = self.changes = 0

    def stop(self) -> None:
        """Take the counts; what was written a moment ago may not be seen yet."""
        until = time.monotonic() + AGREE_SECONDS
        while (counts := (self._told() - self._before, self._seen()))[0] != counts[1] and time.monotonic() < until:
            time.sleep(0.2)
        self.count, self.changes = counts

    def _told(self) -> int:
        return round(self._market.metric("hansa_status_writes_total", kind="AIJob"))

    def _seen(self) -> int:
        changes = 0
        for versions in self._market.journal.all("AIJob").values():
            earlier = [{}, *({} if one.gone else one.status for one in versions)]
            pairs = zip(earlier, versions, strict=False)
            changes += sum(before != after.status for before, after in pairs if after.at >= self._begun)
        return changes
