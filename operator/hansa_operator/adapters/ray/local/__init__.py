"""Ray clusters as processes of this machine: for a provider without Kubernetes, and for trying things out."""

from hansa_operator.adapters.ray.local.backend import LocalRay

__all__ = ["LocalRay"]
