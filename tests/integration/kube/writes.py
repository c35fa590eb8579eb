"""Writes to an object as it is now: what the operator has seen of it is what is there."""

from hansa_operator.adapters.kube.client import KubeClient
from hansa_operator.ports.kube import Manifest, ObjectRef


async def set_status(kube: KubeClient, ref: ObjectRef, status: Manifest) -> Manifest:
    """Apply a status."""
    seen = await kube.get(ref)
    assert seen is not None
    known = seen["metadata"]
    return await kube.apply_status(ref, status, uid=known["uid"], version=known["resourceVersion"])


async def hold(kube: KubeClient, ref: ObjectRef, *, present: bool) -> None:
    """Add or remove the finalizer."""
    seen = await kube.get(ref)
    assert seen is not None
    await kube.set_finalizer(ref, uid=seen["metadata"]["uid"], present=present)
