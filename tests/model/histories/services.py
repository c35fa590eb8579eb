"""What publishers do: new versions, and everything that is none."""

from hansa_protocol.identity import ZERO_ADDRESS, keccak
from tests.model.histories.scene import Scene


def publish(scene: Scene) -> None:
    """Publish a version, sometimes a wrong one or one that is there."""
    name, version = scene.one_of(("ocr", "ocr", "service 1", "", "n" * 65)), scene.one_of(("1", "2", "2", "", "v" * 65))
    payout = ZERO_ADDRESS if scene.often(0.05) else scene.person("author")
    royalty_bps = scene.one_of((0, 1, 2_999, 3_000, 3_001, 65_535))
    digest = bytes(32) if scene.often(0.05) else keccak(b"content")
    scene.call(scene.person("author"), "Services", "publish", name, version, payout, royalty_bps, digest)
