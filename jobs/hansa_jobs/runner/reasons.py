"""The reasons of a runner's report that others decide by."""

COMPLETED = "Completed"
STOPPED = "Stopped"
"""The hub had the attempt stopped."""

RUN_TIME_EXCEEDED = "RunTimeExceeded"
"""The runner stopped the attempt by itself: it may run no longer."""
