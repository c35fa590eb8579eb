"""What a customer wishes of a provider beyond price and capacity: labels, region, trust, memory of the GPUs."""

from collections.abc import Mapping
from dataclasses import dataclass

from hansa_operator.api.aijob_parts import Trust

REGION = "topology.kubernetes.io/region"
"""Well-known label of a Provider that says where its machines are."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Narrow down who may run a job; empty values mean anybody."""

    labels: tuple[tuple[str, str], ...] = ()
    regions: tuple[str, ...] = ()
    trust: str = ""
    gpu_memory_bytes: int = 0

    def why_not(self, labels: Mapping[str, str], *, bond: int, gpu_memory_bytes: int) -> str | None:
        """Return why a provider is not what is wished for, or None when it is. `bond` in wei."""
        lacking = [f"{key}={value}" for key, value in self.labels if labels.get(key) != value]
        obstacles = (
            (bool(lacking), f"it lacks the label {', '.join(lacking)}"),
            (bool(self.regions) and labels.get(REGION) not in self.regions, f"its label {REGION} names another region"),
            (self.trust == Trust.BONDED and not bond, "it has no bond"),
            (self.trust == Trust.ATTESTED, "no provider shows a hardware attestation yet"),
            (self.trust == Trust.LISTED, "tenants have no lists of providers yet"),
            (gpu_memory_bytes < self.gpu_memory_bytes, "its GPUs have less memory, or do not tell how much"),
        )
        return next((why for stands, why in obstacles if stands), None)


ANYBODY = Wish()
