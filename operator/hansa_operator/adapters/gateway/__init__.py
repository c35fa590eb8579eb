"""The hub's door for providers' agents and for readers of logs and results: HTTP in front of the intake."""

from hansa_operator.adapters.gateway.limits import Limits
from hansa_operator.adapters.gateway.server import Gateway

__all__ = ["Gateway", "Limits"]
