"""Do independent things at the same time, while Ctrl-C still reaches the main thread."""

import threading
from collections.abc import Callable

LOOK_SECONDS = 0.1


def together(*works: Callable[[], None]) -> None:
    """Run every work in a thread of its own; returns when all are done, raises the first failure at once."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 -- handed to the main thread, which raises it
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not failures:
        for thread in threads:
            thread.join(LOOK_SECONDS)
    if failures:
        raise failures[0]
