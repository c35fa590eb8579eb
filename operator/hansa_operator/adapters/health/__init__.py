"""How others see that the operator lives, is ready, and what it does: HTTP for probes and for Prometheus."""

from hansa_operator.adapters.health.checks import Check, at_most
from hansa_operator.adapters.health.heartbeat import Heartbeat
from hansa_operator.adapters.health.metrics import Metrics, Result
from hansa_operator.adapters.health.server import HealthServer

__all__ = ["Check", "HealthServer", "Heartbeat", "Metrics", "Result", "at_most"]
