// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {Merkle} from "../src/libraries/Merkle.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Fixture} from "./Fixture.sol";

/// @title When and what a hub can post
contract PostingTest is Fixture {
    Person private ann;
    Person private ben;
    address private north = makeAddr("north");

    function setUp() public override {
        super.setUp();
        ann = customer("ann", 100 * UNIT, 50 * UNIT);
        ben = customer("ben", 100 * UNIT, 50 * UNIT);
    }

    // When a batch can be posted

    function test_a_batch_is_posted_from_the_end_of_its_epoch_to_the_last_second_of_the_deadline() public {
        uint64 epoch = currentEpoch();
        uint256 end = (uint256(epoch) + 1) * E;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.PostTooEarly.selector, end, end - 1));
        post(argsOf(epoch, 0, 1), rows(ann.account, 1), rows());
        vm.warp(end + P + 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.PostTooLate.selector, end + P, end + P + 1));
        post(argsOf(epoch, 0, 1), rows(ann.account, 1), rows());
        vm.warp(end + P);
        post(argsOf(epoch, 0, 1), rows(ann.account, 1), rows());
    }

    function test_the_same_batch_cannot_be_posted_twice_nor_an_older_one() public {
        Header memory header = post(rows(ann.account, 1), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.EpochNotRising.selector, header.epoch, header.epoch));
        post(argsOf(header.epoch, 0, 1), rows(ann.account, 1), rows());
        assertEq(vault.balanceOf(ann.account), 100 * UNIT - 1);
    }

    function test_an_epoch_of_a_far_future_is_too_early() public {
        uint256 end = (uint256(type(uint64).max) + 1) * E;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.PostTooEarly.selector, end, block.timestamp));
        post(argsOf(type(uint64).max, 0, 1), rows(ann.account, 1), rows());
    }

    // Parts

    function test_a_batch_in_parts_settles_part_by_part_with_debits_rising_across_them() public {
        uint64 epoch = endEpoch();
        (Person memory low, Person memory high) = ann.account < ben.account ? (ann, ben) : (ben, ann);
        Header memory first = post(argsOf(epoch, 0, 2), rows(low.account, withFee(10)), rows(north, 10));
        (, uint32 posted, uint32 parts) = settlement.lastEpoch(hub, address(vault));
        assertEq(posted, 1);
        assertEq(parts, 2);
        Header memory second = post(argsOf(epoch, 1, 2), rows(high.account, withFee(20)), rows(north, 20));
        (, posted, parts) = settlement.lastEpoch(hub, address(vault));
        assertEq(posted, 2);
        passWindow(second);
        settlement.finalize(second, rows(north, 20));
        settlement.finalize(first, rows(north, 10));
        assertEq(vault.balanceOf(north), 30);
        assertNotEq(
            settlement.headerHashOf(hub, address(vault), epoch, 0),
            settlement.headerHashOf(hub, address(vault), epoch, 1)
        );
    }

    function test_a_customer_cannot_be_charged_in_two_parts_of_an_epoch() public {
        uint64 epoch = endEpoch();
        (address low, address high) =
            ann.account < ben.account ? (ann.account, ben.account) : (ben.account, ann.account);
        post(argsOf(epoch, 0, 2), rows(high, 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowsNotRising.selector, high, high));
        post(argsOf(epoch, 1, 2), rows(high, 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowsNotRising.selector, high, low));
        post(argsOf(epoch, 1, 2), rows(low, 5), rows());
    }

    function test_parts_come_in_order_once_and_as_many_as_the_first_said() public {
        uint64 epoch = endEpoch();
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongPart.selector, 1, 0));
        post(argsOf(epoch, 1, 2), rows(ann.account, 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongParts.selector, 0, 1));
        post(argsOf(epoch, 0, 0), rows(ann.account, 5), rows());
        post(argsOf(epoch, 0, 3), rows(_low(), 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongPart.selector, 2, 1));
        post(argsOf(epoch, 2, 3), rows(_high(), 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongParts.selector, 2, 3));
        post(argsOf(epoch, 1, 2), rows(_high(), 5), rows());
        post(argsOf(epoch, 1, 3), rows(_high(), 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongPart.selector, 1, 2));
        post(argsOf(epoch, 1, 3), rows(_high(), 5), rows());
    }

    function test_a_batch_of_one_part_has_no_second_part() public {
        uint64 epoch = endEpoch();
        post(argsOf(epoch, 0, 1), rows(_low(), 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongPart.selector, 1, 0));
        post(argsOf(epoch, 1, 1), rows(_high(), 5), rows());
    }

    function test_a_new_epoch_can_begin_while_an_old_one_misses_parts() public {
        uint64 epoch = endEpoch();
        post(argsOf(epoch, 0, 2), rows(_low(), 5), rows());
        Header memory next = post(rows(_low(), 5), rows());
        assertEq(next.epoch, epoch + 1);
        (, uint32 posted, uint32 parts) = settlement.lastEpoch(hub, address(vault));
        assertEq(posted, 1);
        assertEq(parts, 1);
    }

    // Rows

    function test_rows_must_rise_and_hold_something() public {
        uint64 epoch = endEpoch();
        bytes32[] memory falling = new bytes32[](2);
        (falling[0], falling[1]) = (Rows.pack(_high(), 1), Rows.pack(_low(), 1));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowsNotRising.selector, _high(), _low()));
        post(argsOf(epoch, 0, 1), falling, rows());
        falling[1] = falling[0];
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowsNotRising.selector, _high(), _high()));
        post(argsOf(epoch, 0, 1), rows(ann.account, 99), falling);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ZeroRow.selector, ann.account));
        post(argsOf(epoch, 0, 1), rows(ann.account, 0), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ZeroRow.selector, north));
        post(argsOf(epoch, 0, 1), rows(ann.account, 5), rows(north, 0));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowsNotRising.selector, address(0), address(0)));
        post(argsOf(epoch, 0, 1), rows(address(0), 1), rows());
    }

    function test_rows_that_sum_to_more_than_an_amount_can_hold_are_refused() public {
        uint64 epoch = endEpoch();
        uint96 most = type(uint96).max;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.SumTooLarge.selector, 2 * uint256(most)));
        post(argsOf(epoch, 0, 1), rows(ann.account, most, ben.account, most), rows());
    }

    function test_vault_settlement_and_treasury_are_never_rows() public {
        uint64 epoch = endEpoch();
        address[3] memory forbidden = [address(vault), address(settlement), treasury];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISettlement.ForbiddenAccount.selector, forbidden[i]));
            post(argsOf(epoch, 0, 1), rows(ann.account, 99), rows(forbidden[i], 1));
        }
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISettlement.ForbiddenAccount.selector, forbidden[i]));
            post(argsOf(epoch, 0, 1), rows(forbidden[i], 1), rows());
        }
    }

    function test_a_part_has_leaves_debits_and_at_most_1000_rows() public {
        uint64 epoch = endEpoch();
        ISettlement.PostArgs memory args = argsOf(epoch, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoDebits.selector));
        post(args, rows(), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TooManyRows.selector, 1001, 1000));
        post(args, rows(ann.account, 1), new bytes32[](1000));
        args.leafCount = 0;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.NoLeaves.selector));
        post(args, rows(ann.account, 1), rows());
    }

    function test_a_row_without_a_line_in_force_reverts_the_post() public {
        uint64 epoch = endEpoch();
        vm.expectRevert(
            abi.encodeWithSelector(ICreditLines.NoLineInForce.selector, north, address(settlement), hub, epoch)
        );
        post(argsOf(epoch, 0, 1), rows(north, 1), rows());
    }

    function test_a_hub_cannot_charge_what_was_lent_to_another() public {
        address thief = makeAddr("thief");
        fundBond(thief, BOND);
        uint64 epoch = endEpoch();
        vm.expectRevert(
            abi.encodeWithSelector(ICreditLines.NoLineInForce.selector, ann.account, address(settlement), thief, epoch)
        );
        vm.prank(thief);
        settlement.post(argsOf(epoch, 0, 1), rows(ann.account, 1), rows());
    }

    // The header

    function test_the_header_says_what_was_posted_and_is_kept_by_its_hash() public {
        bytes32[] memory debits = rows(ann.account, 60 * UNIT, ben.account, UNIT);
        bytes32[] memory credits = rows(north, 50 * UNIT, anyone, UNIT);
        vm.roll(77);
        Header memory header = post(debits, credits);
        assertEq(header.hub, hub);
        assertEq(header.vault, address(vault));
        assertEq(header.debitCount, 2);
        assertEq(header.creditCount, 2);
        assertEq(header.debits, 61 * UNIT);
        assertEq(header.taken, 51 * UNIT);
        assertEq(header.credits, 51 * UNIT);
        assertEq(header.postedAt, block.timestamp);
        assertEq(header.postedBlock, 77);
        assertEq(header.jobsRoot, keccak256("jobs"));
        bytes32[] memory leaves = new bytes32[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bool capped = Rows.accountOf(debits[i]) == ann.account;
            leaves[i] = Merkle.debitLeaf(debits[i], capped ? 50 * UNIT : UNIT);
        }
        assertEq(header.debitRoot, Merkle.root(leaves));
        for (uint256 i = 0; i < 2; ++i) {
            leaves[i] = Merkle.creditLeaf(credits[i]);
        }
        assertEq(header.creditRoot, Merkle.root(leaves));
        bytes31 kept = settlement.headerHashOf(hub, address(vault), header.epoch, 0);
        assertEq(bytes32(kept), bytes32(Headers.hash(header)));
        assertEq(bytes32(kept) | bytes32(uint256(0xff)), keccak256(abi.encode(header)) | bytes32(uint256(0xff)));
        passWindow(header);
        settlement.finalize(header, credits);
        assertEq(bytes32(settlement.headerHashOf(hub, address(vault), header.epoch, 0)), bytes32(kept));
    }

    function _low() private view returns (address) {
        return ann.account < ben.account ? ann.account : ben.account;
    }

    function _high() private view returns (address) {
        return ann.account < ben.account ? ben.account : ann.account;
    }
}
