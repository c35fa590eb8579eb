"""`hansa verify` on a file that is not what the hub posted: other slices, or not all parts."""

import json
import time
from dataclasses import replace

from hansa_cli.problem import ExitCode
from hansa_protocol.batch import encode_batch
from hansa_protocol.parts import Tariff, net_part
from tests.dishonest.catching import sending, verify
from tests.dishonest.scene import CUSTOMER, Scene
from tests.integration.chain.hidden import in_two_parts, of, post_all, reveal
from tests.integration.chain.market import address


def test_of_a_file_that_is_not_what_was_posted_the_revealed_slices_count(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(b"\7" * 32, epoch)
    batch = scene.batch(epoch, [leaf], [receipt])
    file, posted = scene.post(batch)
    cheap = net_part(0, [replace(leaf, provider_amount=1, cumulative=2)], Tariff({}, batch.fee_bps))
    file.write_bytes(encode_batch(replace(batch, parts=(cheap,))))
    scene.order()
    options = ("--orders", str(scene.orders_file()), *sending(scene, CUSTOMER))
    run = verify(scene, [file], *options)
    assert "part 0 on chain is what its file says: the file digest differs; the root of slices differs" in run.printed
    assert (run.calls, "no file shows for what" in run.printed) == (["demand"], True)
    reveal(scene, batch, posted, [0])
    assert verify(scene, [file], *options).calls == ["challengeOrder"]


def test_a_part_that_the_file_leaves_out_is_found_by_whom_it_charges(scene: Scene) -> None:
    epoch = scene.next_epoch()
    batch = in_two_parts(scene, epoch)
    file = scene.folder / "shown"
    file.write_bytes(encode_batch(replace(batch, parts=batch.parts[:1])))
    post_all(scene, batch)
    for files, options in (([file], ()), ([], of(epoch))):
        run = verify(scene, files, *options, "--account", address(CUSTOMER))
        assert f"is charged 10.3 HANSA in part 1 of epoch {epoch}, and no file shows for what" in run.printed
        assert f"do demand, {address(CUSTOMER)} alone can send it" in run.printed
        assert ("keep the files" in run.told, "evidence is on chain" in run.told) == (bool(files), not files)


def test_parts_and_services_that_a_file_makes_up_are_not_asked_of_the_chain(scene: Scene) -> None:
    epoch = scene.next_epoch()
    leaf, receipt = scene.work(scene.order().digest, epoch)
    file, _ = scene.post(scene.batch(epoch, [leaf], [receipt]))
    first, _, rest = file.read_text().partition("\n")
    services = [[2**64 - 1 - number, address(CUSTOMER), 5] for number in range(30_000)]
    made_up = json.loads(first) | {"parts": [0] * 200_000, "services": services}
    file.write_text(json.dumps(made_up) + "\n" + rest)
    began = time.monotonic()
    run = verify(scene, [file], "--account", address(CUSTOMER))
    assert time.monotonic() - began < 30
    assert (run.code, run.printed.count("FALSE")) == (ExitCode.FAILED, 2), run.printed
    assert "it states 200000 parts, and has 1 slices" in run.printed
    assert "it states the royalties of 30000 services; its slices use 0 of them" in run.printed
