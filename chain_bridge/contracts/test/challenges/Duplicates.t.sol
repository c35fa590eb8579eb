// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vault} from "../../src/Vault.sol";
import {IChallenge, LeafProof, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IChallenges} from "../../src/interfaces/IChallenges.sol";
import {Headers} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Charge, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that charges for the same work twice
contract DuplicatesTest is CaseFixture {
    Vault private otherVault;

    function vaults() internal override returns (address[] memory both) {
        if (address(otherVault) == address(0)) otherVault = new Vault(address(token), address(lines), D);
        both = new address[](2);
        (both[0], both[1]) = (address(vault), address(otherVault));
    }

    function test_a_slice_that_is_charged_twice_in_a_batch_is_struck_and_refunded() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        uint256 before = vault.balanceOf(ann.account);
        vm.prank(anyone);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        assertEq(vault.balanceOf(ann.account), before + debitOf(leaf));
        assertEq(penalties(), debitOf(leaf));
        assertEq(covering(), debitOf(leaf));
        finalize(batch);
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
        assertSolvent();
    }

    function test_of_two_slices_of_an_epoch_that_contradict_each_other_both_are_struck_once() public {
        Leaf memory dear = leafOf(ann, north.account, "job", 10 * UNIT);
        Leaf memory cheap = leafOf(ann, north.account, "job", 1);
        Batch memory batch = post(list(dear, cheap));
        vm.prank(hub);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        challenges.proveDuplicate(sliceProof(batch, 0), leafProof(batch, 1));
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT);
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(batch, 1), leafProof(batch, 0));
        vm.expectRevert(_struck(batch, 1));
        challenges.proveDuplicate(struck, other);
    }

    function test_a_slice_that_is_charged_again_in_a_later_epoch_and_attempt_is_struck_there() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory first = post(list(leaf));
        Leaf memory again = leafOf(ann, south.account, "job", 12 * UNIT);
        again.attempt = 1;
        Batch memory second = post(list(again));
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(first, 0), leafProof(second, 0));
        vm.expectRevert(
            abi.encodeWithSelector(IChallenges.OtherIsYounger.selector, second.header.epoch, first.header.epoch)
        );
        challenges.proveDuplicate(struck, other);
        uint256 before = vault.balanceOf(ann.account);
        challenges.proveDuplicate(sliceProof(second, 0), leafProof(first, 0));
        assertEq(vault.balanceOf(ann.account), before + debitOf(again));
    }

    function test_time_of_one_attempt_that_is_charged_twice_is_struck() public {
        (Leaf memory a, Leaf memory b) = _two();
        (b.fromMs, b.toMs) = (a.toMs - 1, a.toMs + 4000);
        _strikes(a, b);
    }

    function test_times_that_touch_or_belong_to_two_attempts_are_no_fault() public {
        (Leaf memory a, Leaf memory b) = _two();
        (b.fromMs, b.toMs) = (a.toMs, a.toMs + 4000);
        _holds(a, b);
        (a, b) = _two();
        (b.fromMs, b.toMs, b.attempt) = (a.fromMs, a.toMs, 1);
        _holds(a, b);
    }

    function test_a_cumulative_amount_that_does_not_grow_by_what_is_charged_is_struck() public {
        (Leaf memory a, Leaf memory b) = _two();
        (b.fromMs, b.toMs) = (a.toMs, a.toMs + 4000);
        b.cumulative -= 1;
        _strikes(a, b);
    }

    function test_slices_of_two_jobs_are_no_duplicates() public {
        Leaf memory a = leafOf(ann, north.account, "job", 10 * UNIT);
        _holds(a, leafOf(ann, north.account, "another job", 10 * UNIT));
    }

    function test_a_slice_is_no_duplicate_of_itself() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        _noFault(batch, 0, 0);
    }

    function test_a_slice_of_another_hub_is_no_duplicate() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf));
        hub = makeAddr("other hub");
        fundBond(hub, BOND);
        ann = customer("cleo", 100 * UNIT, 100 * UNIT);
        Leaf memory same = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory theirs = post(list(same));
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(theirs, 0), leafProof(batch, 0));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, hub, batch.header.hub));
        challenges.proveDuplicate(struck, other);
    }

    function test_a_slice_in_another_vault_is_no_duplicate_and_both_vaults_are_named() public {
        Batch memory here = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        address vaultHere = address(vault);
        vault = otherVault;
        fundBond(hub, BOND);
        fund(ann.account, 100 * UNIT);
        openLine(ann, 100 * UNIT);
        Batch memory there = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(there, 0), leafProof(here, 0));
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, otherVault, vaultHere));
        challenges.proveDuplicate(struck, other);
    }

    function test_a_slice_of_another_epoch_than_its_batch_is_a_fault_in_itself() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        leaf.epoch -= 1;
        _isFault(leaf);
    }

    function test_a_slice_that_ends_before_it_begins_is_a_fault_in_itself() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        leaf.toMs = leaf.fromMs - 1;
        _isFault(leaf);
    }

    function test_a_slice_that_costs_more_than_its_job_so_far_is_a_fault_in_itself() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        leaf.cumulative -= 1;
        _isFault(leaf);
    }

    function test_a_sound_slice_is_no_fault() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 10 * UNIT)));
        SliceProof memory p = sliceProof(batch, 0);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoFault.selector, Headers.hash(batch.header), 0));
        challenges.proveFault(p);
    }

    function test_a_royalty_counts_in_what_comes_back() public {
        uint64 id = services.publish("ocr", "1.0.0", anyone, 1000, sha256("image"));
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        leaf.service = id;
        leaf.cumulative = debitOf(leaf);
        assertEq(leaf.cumulative, withFee(11 * UNIT));
        Batch memory batch = post(list(leaf, leaf));
        uint256 before = vault.balanceOf(ann.account);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        assertEq(vault.balanceOf(ann.account), before + withFee(11 * UNIT));
    }

    function test_duplicates_can_be_proven_to_the_last_second_that_something_can_be_demanded() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        (SliceProof memory struck, LeafProof memory other) = (sliceProof(batch, 1), leafProof(batch, 0));
        uint256 until = batch.header.postedAt + SPAN;
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        challenges.proveDuplicate(struck, other);
        vm.warp(until);
        challenges.proveDuplicate(struck, other);
    }

    function test_proofs_of_other_headers_leaves_and_rows_are_refused() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Leaf memory bens = leafOf(ben, north.account, "bens", 10 * UNIT);
        bens.epoch -= 1;
        Batch memory batch = post(list(leaf, bens));
        SliceProof memory p = sliceProof(batch, 1);
        p.header.debits += 1;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.UnknownHeader.selector, Headers.hash(p.header)));
        challenges.proveFault(p);
        p.header.debits -= 1;
        p.slice.leaf.providerAmount += 1;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongLeaf.selector, 1));
        challenges.proveFault(p);
        p.slice.leaf.providerAmount -= 1;
        p.slice.charge.taken += 1;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongDebit.selector, p.slice.charge.index));
        challenges.proveFault(p);
        (p.slice.charge, p.rowProof) = chargeOf(batch, ann.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, ben.account, ann.account));
        challenges.proveFault(p);
    }

    function _two() private view returns (Leaf memory a, Leaf memory b) {
        a = leafOf(ann, north.account, "job", 10 * UNIT);
        b = leafOf(ann, north.account, "job", 4 * UNIT);
        (b.seq, b.cumulative) = (1, a.cumulative + debitOf(b));
    }

    function _strikes(Leaf memory a, Leaf memory b) private {
        Batch memory batch = post(list(a, b));
        uint256 before = vault.balanceOf(ann.account);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        assertEq(vault.balanceOf(ann.account), before + debitOf(b));
    }

    function _holds(Leaf memory a, Leaf memory b) private {
        _noFault(post(list(a, b)), 1, 0);
    }

    function _noFault(Batch memory batch, uint256 index, uint256 other) private {
        (SliceProof memory struck, LeafProof memory second) = (sliceProof(batch, index), leafProof(batch, other));
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoFault.selector, Headers.hash(batch.header), index));
        challenges.proveDuplicate(struck, second);
    }

    function _isFault(Leaf memory leaf) private {
        Batch memory batch = post(list(leaf));
        uint256 before = vault.balanceOf(ann.account);
        challenges.proveFault(sliceProof(batch, 0));
        assertEq(vault.balanceOf(ann.account), before + debitOf(leaf));
    }

    function _struck(Batch memory batch, uint32 index) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IChallenge.AlreadyStruck.selector, Headers.hash(batch.header), index);
    }
}
