// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {Merkle} from "../src/libraries/Merkle.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Fixture} from "./Fixture.sol";
import {Proofs} from "./Proofs.sol";

/// @title Who is paid, when, and only once
contract FinalizingTest is Fixture {
    Person private ann;
    address private north = makeAddr("north");

    function setUp() public override {
        super.setUp();
        ann = customer("ann", 100 * UNIT, 50 * UNIT);
    }

    // Finalizing

    function test_nothing_is_paid_before_the_window_is_over() public {
        Header memory header = post(rows(ann.account, 50), rows(north, 20));
        vm.warp(header.postedAt + W);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.WindowOpen.selector, header.postedAt + W, header.postedAt + W)
        );
        settlement.finalize(header, rows(north, 20));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.WindowOpen.selector, header.postedAt + W, header.postedAt + W)
        );
        settlement.finalizeRow(header, rows(north, 20)[0], 0, rows());
        passWindow(header);
        settlement.finalize(header, rows(north, 20));
    }

    function test_a_batch_is_paid_once() public {
        Header memory header = post(rows(ann.account, 50), rows(north, 20));
        passWindow(header);
        settlement.finalize(header, rows(north, 20));
        bytes memory already = abi.encodeWithSelector(ISettlement.AlreadyFinalized.selector, Headers.hash(header));
        vm.expectRevert(already);
        settlement.finalize(header, rows(north, 20));
        vm.expectRevert(already);
        settlement.finalizeRow(header, rows(north, 20)[0], 0, rows());
        assertEq(vault.balanceOf(north), 20);
        assertEq(vault.balanceOf(treasury), 30);
    }

    function test_only_the_posted_rows_are_paid() public {
        Header memory header = post(rows(ann.account, 50), rows(north, 20));
        passWindow(header);
        bytes32 wrong = Merkle.creditLeaf(Rows.pack(anyone, 20));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongRows.selector, wrong, header.creditRoot));
        settlement.finalize(header, rows(anyone, 20));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongRows.selector, bytes32(0), header.creditRoot));
        settlement.finalize(header, rows());
    }

    function test_a_header_that_was_not_posted_is_unknown() public {
        Header memory header = post(rows(ann.account, 50), rows(north, 20));
        passWindow(header);
        header.credits -= 1;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.UnknownHeader.selector, Headers.hash(header)));
        settlement.finalize(header, rows(north, 20));
        header.credits += 1;
        header.epoch += 1;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.UnknownHeader.selector, Headers.hash(header)));
        settlement.finalizeRow(header, rows(north, 20)[0], 0, rows());
    }

    function test_a_payee_finalizes_its_own_row_by_proof_and_once() public {
        bytes32[] memory credits = _fiveCredits();
        Header memory header = post(rows(ann.account, 50), credits);
        passWindow(header);
        settlement.finalizeRow(header, credits[3], 3, Proofs.creditProof(credits, 3));
        assertEq(vault.balanceOf(Rows.accountOf(credits[3])), 4);
        assertTrue(settlement.isRowFinalized(hub, address(vault), header.epoch, 0, 3));
        assertFalse(settlement.isRowFinalized(hub, address(vault), header.epoch, 0, 2));
        bytes32[] memory proof = Proofs.creditProof(credits, 3);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.RowAlreadyFinalized.selector, 3));
        settlement.finalizeRow(header, credits[3], 3, proof);
    }

    function test_rows_that_were_paid_alone_are_skipped_by_the_whole() public {
        bytes32[] memory credits = _fiveCredits();
        Header memory header = post(rows(ann.account, 50), credits);
        passWindow(header);
        settlement.finalizeRow(header, credits[3], 3, Proofs.creditProof(credits, 3));
        settlement.finalizeRow(header, credits[0], 0, Proofs.creditProof(credits, 0));
        settlement.finalize(header, credits);
        for (uint256 i = 0; i < 5; ++i) {
            assertEq(vault.balanceOf(Rows.accountOf(credits[i])), i + 1);
            assertTrue(settlement.isRowFinalized(hub, address(vault), header.epoch, 0, uint32(i)));
        }
        assertEq(vault.balanceOf(treasury), 50 - 15);
        assertEq(vault.custodyOf(address(settlement)), BOND);
    }

    function test_a_row_is_not_paid_under_another_index_or_with_another_amount() public {
        bytes32[] memory credits = _fiveCredits();
        Header memory header = post(rows(ann.account, 50), credits);
        passWindow(header);
        bytes32[] memory proof = Proofs.creditProof(credits, 3);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongProof.selector, 2));
        settlement.finalizeRow(header, credits[3], 2, proof);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongRow.selector, 5, 5));
        settlement.finalizeRow(header, credits[3], 5, proof);
        bytes32 more = Rows.withAmount(credits[3], 40);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongProof.selector, 3));
        settlement.finalizeRow(header, more, 3, proof);
    }

    function testFuzz_every_row_can_be_paid_alone_in_any_order(uint8 count, uint256 seed) public {
        bytes32[] memory credits = new bytes32[](bound(count, 1, 40));
        for (uint256 i = 0; i < credits.length; ++i) {
            credits[i] = Rows.pack(address(uint160(uint256(keccak256(abi.encode(seed, i))))), uint96(i + 1));
        }
        sorted(credits);
        Header memory header = post(rows(ann.account, 10_000), credits);
        passWindow(header);
        uint256 step = 41; // a prime above every count: visits each index once
        for (uint256 i = 0; i < credits.length; ++i) {
            uint256 index = (seed % credits.length + i * step) % credits.length;
            settlement.finalizeRow(header, credits[index], uint32(index), Proofs.creditProof(credits, index));
        }
        settlement.finalize(header, credits);
        assertEq(vault.balanceOf(treasury), header.debits - header.credits);
        assertEq(vault.custodyOf(address(settlement)), BOND);
    }

    function test_rows_of_a_large_batch_are_paid_alone_each_for_itself() public {
        bytes32[] memory credits = new bytes32[](300);
        for (uint160 i = 0; i < credits.length; ++i) {
            credits[i] = Rows.pack(address(0x10000 + i), uint96(i + 1));
        }
        Header memory header = post(rows(ann.account, 100_000), credits);
        passWindow(header);
        uint16[6] memory indexes = [0, 127, 128, 255, 256, 299];
        for (uint256 i = 0; i < indexes.length; ++i) {
            uint32 index = indexes[i];
            settlement.finalizeRow(header, credits[index], index, Proofs.creditProof(credits, index));
            assertEq(vault.balanceOf(Rows.accountOf(credits[index])), index + 1);
        }
        settlement.finalize(header, credits);
        for (uint160 i = 0; i < credits.length; ++i) {
            assertEq(vault.balanceOf(address(0x10000 + i)), i + 1);
        }
        assertEq(vault.custodyOf(address(settlement)), BOND);
    }

    function _fiveCredits() private returns (bytes32[] memory credits) {
        credits = new bytes32[](5);
        address base = makeAddr("payees");
        for (uint160 i = 0; i < 5; ++i) {
            credits[i] = Rows.pack(address(uint160(base) + i), uint96(i + 1));
        }
    }
}
