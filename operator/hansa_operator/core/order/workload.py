"""What a job runs: its own workload, or that of the product that it uses."""

from hansa_operator.api.aijob import AIJobSpec
from hansa_operator.api.aiservice import AIServiceSpec
from hansa_operator.api.workload import Workload


def workload_of(spec: AIJobSpec, service: AIServiceSpec | None) -> Workload | None:
    """Return what runs, the job's arguments added to a product's; None while the product is not known."""
    if spec.service_ref is None:
        return spec.workload
    if service is None:
        return None
    template = service.workload
    return template.model_copy(update={"entrypoint": (*template.entrypoint, *spec.service_ref.args)})
