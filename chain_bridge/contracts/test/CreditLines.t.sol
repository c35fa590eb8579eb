// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CreditLines} from "../src/CreditLines.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Schedule} from "../src/libraries/Schedule.sol";
import {Fixture} from "./Fixture.sol";

/// @dev A wallet contract that accepts the signatures of its owner (ERC-1271).
contract Wallet {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(digest, uint8(signature[64]), r, s) == OWNER ? this.isValidSignature.selector : bytes4(0);
    }
}

contract CreditLinesTest is Fixture {
    Person private ann;
    address private otherHub = makeAddr("other hub");

    function setUp() public override {
        super.setUp();
        ann = person("ann");
    }

    // Opening

    function test_the_first_line_of_a_balance_is_in_force_at_once() public {
        openLine(ann, 10);
        ICreditLines.Terms memory terms = _inForce(hub, currentEpoch());
        assertEq(terms.cap, 10);
        assertEq(terms.fromEpoch, currentEpoch());
        assertEq(_inForce(hub, currentEpoch() - 1).cap, 0);
        assertEq(lines.capsOf(ann.account, address(vault)), 10);
        assertEq(lines.nonceOf(ann.account, address(vault)), 1);
    }

    function test_a_line_ends_with_the_last_epoch_that_is_wholly_before_its_expiry() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.expiresAt = uint64((currentEpoch() + 3) * E + E - 1);
        lines.open(line, sign(ann.key, line));
        assertEq(_inForce(hub, currentEpoch() + 2).cap, 10);
        assertEq(_inForce(hub, currentEpoch() + 3).cap, 0);
    }

    function test_a_second_line_waits_for_the_notice_up_to_an_epoch_start() public {
        openLine(ann, 10);
        ICreditLines.Line memory line = lineOf(ann.account, 20);
        line.hub = otherHub;
        vm.warp(block.timestamp + 1);
        lines.open(line, sign(ann.key, line));
        uint64 first = uint64((block.timestamp + N + E - 1) / E);
        assertGe(first * E, block.timestamp + N);
        assertEq(_inForce(otherHub, first - 1).cap, 0);
        assertEq(_inForce(otherHub, first).cap, 20);
        assertEq(lines.capsOf(ann.account, address(vault)), 30);
    }

    function test_a_wallet_contract_opens_a_line_with_its_owners_signature() public {
        Wallet wallet = new Wallet(ann.account);
        ICreditLines.Line memory line = lineOf(address(wallet), 10);
        lines.open(line, sign(ann.key, line));
        assertEq(lines.lineInForce(address(wallet), address(settlement), hub, address(vault), currentEpoch()).cap, 10);
    }

    function test_a_customer_opens_its_own_line_without_a_signature() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        vm.expectRevert(abi.encodeWithSelector(ICreditLines.NotTheCustomer.selector, ann.account, anyone));
        vm.prank(anyone);
        lines.openByCustomer(line);
        vm.startPrank(ann.account);
        lines.openByCustomer(line);
        assertEq(_inForce(hub, currentEpoch()).cap, 10);
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongNonce));
        lines.openByCustomer(line);
    }

    // Refusals

    function test_a_signature_counts_once() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        bytes memory signature = sign(ann.key, line);
        lines.open(line, signature);
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongNonce));
        lines.open(line, signature);
    }

    function test_a_signature_counts_only_for_what_was_signed() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        bytes memory signature = sign(ann.key, line);
        line.capPerEpoch = 11;
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongSignature));
        lines.open(line, signature);
        line.capPerEpoch = 10;
        line.tenant = "team-b";
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongSignature));
        lines.open(line, signature);
    }

    function test_a_signature_for_another_chain_or_contract_is_refused() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        bytes memory signature = sign(ann.key, line);
        CreditLines other = new CreditLines(E, P, N);
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongSignature));
        other.open(line, signature);
        vm.chainId(2);
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongSignature));
        lines.open(line, signature);
    }

    function test_a_signature_is_void_after_its_last_second_and_after_skipNonce() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        bytes memory signature = sign(ann.key, line);
        vm.warp(line.validUntil + 1);
        vm.expectRevert(_refused(ICreditLines.Refusal.SignatureTooOld));
        lines.open(line, signature);
        vm.warp(line.validUntil);
        vm.expectEmit(address(lines));
        emit ICreditLines.NonceChanged(ann.account, address(vault), 1);
        vm.prank(ann.account);
        lines.skipNonce(address(vault));
        vm.expectRevert(_refused(ICreditLines.Refusal.WrongNonce));
        lines.open(line, signature);
    }

    function test_a_line_without_a_party_or_already_over_is_refused() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.hub = address(0);
        vm.startPrank(ann.account);
        vm.expectRevert(_refused(ICreditLines.Refusal.ZeroParty));
        lines.openByCustomer(line);
        line.hub = hub;
        line.expiresAt = uint64(currentEpoch() * E + E - 1);
        vm.expectRevert(_refused(ICreditLines.Refusal.Expired));
        lines.openByCustomer(line);
        line.capPerEpoch = 0;
        vm.expectRevert(_refused(ICreditLines.Refusal.NothingToClose));
        lines.openByCustomer(line);
    }

    function test_one_bad_line_does_not_block_a_batch() public {
        Person memory ben = person("ben");
        ICreditLines.Line[] memory list = new ICreditLines.Line[](3);
        bytes[] memory signatures = new bytes[](3);
        (list[0], list[1], list[2]) = (lineOf(ann.account, 1), lineOf(ann.account, 2), lineOf(ben.account, 3));
        (signatures[0], signatures[2]) = (sign(ann.key, list[0]), sign(ben.key, list[2]));
        signatures[1] = hex"1234";
        vm.expectEmit(address(lines));
        emit ICreditLines.LineRefused(1, ann.account, ICreditLines.Refusal.WrongSignature);
        assertEq(lines.openBatch(list, signatures), 2);
        assertEq(_inForce(hub, currentEpoch()).cap, 1);
        vm.expectRevert(abi.encodeWithSelector(ICreditLines.LengthMismatch.selector, 3, 0));
        lines.openBatch(list, new bytes[](0));
    }

    // Changes

    function test_a_change_is_in_force_after_the_notice_and_the_old_terms_until_then() public {
        openLine(ann, 10);
        openLine(ann, 4);
        uint64 from = uint64((block.timestamp + N + E - 1) / E);
        assertEq(_inForce(hub, from - 1).cap, 10);
        assertEq(_inForce(hub, from).cap, 4);
        _assertCharged(from - 1, from + 1);
        (ICreditLines.Terms memory current, ICreditLines.Terms memory next) =
            lines.lineOf(ann.account, address(settlement), hub, address(vault));
        assertEq(current.cap, 10);
        assertEq(next.cap, 4);
        assertEq(next.fromEpoch, from);
    }

    function test_one_change_at_a_time_until_no_epoch_of_the_old_terms_can_be_posted() public {
        openLine(ann, 10);
        openLine(ann, 4);
        uint256 from = (block.timestamp + N + E - 1) / E;
        vm.warp(from * E + P);
        ICreditLines.Line memory line = lineOf(ann.account, 5);
        vm.startPrank(ann.account);
        vm.expectRevert(_refused(ICreditLines.Refusal.ChangePending));
        lines.openByCustomer(line);
        vm.warp(from * E + P + 1);
        lines.openByCustomer(line);
        assertEq(_inForce(hub, currentEpoch()).cap, 4);
    }

    function test_a_raise_counts_at_once_and_a_cut_only_when_the_old_cap_is_past() public {
        openLine(ann, 10);
        openLine(ann, 15);
        assertEq(lines.capsOf(ann.account, address(vault)), 15);
        vm.warp(((block.timestamp + N + E - 1) / E) * E + P + 1);
        openLine(ann, 3);
        assertEq(lines.capsOf(ann.account, address(vault)), 15);
        vm.warp(((block.timestamp + N + E - 1) / E) * E + P + 1);
        lines.prune(ann.account, address(settlement), hub, address(vault));
        assertEq(lines.capsOf(ann.account, address(vault)), 3);
    }

    function test_a_revoked_line_charges_nothing_after_the_notice_and_leaves_the_sum() public {
        openLine(ann, 10);
        vm.prank(ann.account);
        lines.revoke(address(settlement), hub, address(vault));
        uint64 from = uint64((block.timestamp + N + E - 1) / E);
        assertEq(_inForce(hub, from - 1).cap, 10);
        assertEq(_inForce(hub, from).cap, 0);
        vm.warp(from * E + P);
        vm.expectRevert(_nothingToPrune());
        lines.prune(ann.account, address(settlement), hub, address(vault));
        vm.warp(from * E + P + 1);
        lines.prune(ann.account, address(settlement), hub, address(vault));
        assertEq(lines.capsOf(ann.account, address(vault)), 0);
        vm.expectRevert(_nothingToPrune());
        lines.prune(ann.account, address(settlement), hub, address(vault));
        openLine(ann, 7);
        assertEq(_inForce(hub, currentEpoch()).cap, 7);
    }

    function test_an_expired_line_leaves_the_sum_when_its_last_epoch_can_no_longer_be_posted() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.expiresAt = uint64((currentEpoch() + 2) * E);
        lines.open(line, sign(ann.key, line));
        vm.warp(line.expiresAt + P);
        vm.expectRevert(_nothingToPrune());
        lines.prune(ann.account, address(settlement), hub, address(vault));
        vm.warp(line.expiresAt + P + 1);
        vm.expectEmit(address(lines));
        emit ICreditLines.LinePruned(ann.account, hub, address(vault), address(settlement), 10);
        lines.prune(ann.account, address(settlement), hub, address(vault));
        assertEq(lines.capsOf(ann.account, address(vault)), 0);
    }

    function test_a_refused_line_of_a_batch_leaves_sum_and_line_in_step() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.expiresAt = uint64((currentEpoch() + 2) * E);
        lines.open(line, sign(ann.key, line));
        vm.warp(line.expiresAt + P + 1);
        ICreditLines.Line[] memory list = new ICreditLines.Line[](1);
        bytes[] memory signatures = new bytes[](1);
        list[0] = lineOf(ann.account, 0);
        signatures[0] = sign(ann.key, list[0]);
        vm.expectEmit(address(lines));
        emit ICreditLines.CapsChanged(ann.account, address(vault), 0);
        assertEq(lines.openBatch(list, signatures), 0);
        assertEq(lines.capsOf(ann.account, address(vault)), 0);
        assertEq(lines.nonceOf(ann.account, address(vault)), 1);
        openLine(ann, 6);
        assertEq(lines.capsOf(ann.account, address(vault)), 6);
    }

    function test_an_order_signer_is_known_for_every_epoch_it_was_in_force_in() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.orderSigner = makeAddr("first signer");
        lines.open(line, sign(ann.key, line));
        uint64 first = currentEpoch();
        line = lineOf(ann.account, 10);
        line.orderSigner = makeAddr("second signer");
        lines.open(line, sign(ann.key, line));
        uint64 second = uint64((block.timestamp + N + E - 1) / E);
        vm.warp(second * E + P + 1);
        lines.prune(ann.account, address(settlement), hub, address(vault));
        assertEq(_inForce(hub, second).orderSigner, makeAddr("second signer"));
        (ICreditLines.Terms memory current,) = lines.lineOf(ann.account, address(settlement), hub, address(vault));
        assertEq(current.orderSigner, makeAddr("second signer"));
        assertEq(_inForce(hub, first).cap, 0);
        assertEq(_signer(first), makeAddr("first signer"));
        assertEq(_signer(second - 1), makeAddr("first signer"));
        assertEq(_signer(first - 1), address(0));
    }

    // The safe amount

    function test_the_safe_amount_is_the_least_of_cap_and_what_others_and_withdrawals_leave() public {
        fund(ann.account, 100);
        openLine(ann, 60);
        assertEq(_safe(), 60);
        vm.prank(ann.account);
        vault.requestWithdrawal(50);
        assertEq(_safe(), 50);
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.hub = otherHub;
        lines.open(line, sign(ann.key, line));
        assertEq(lines.reserveFactor(), 2);
        assertEq(_safe(), 50 - 2 * 10);
        vm.prank(ann.account);
        vault.cancelWithdrawal();
        assertEq(_safe(), 60);
    }

    function test_the_safe_amount_is_nothing_without_a_line_or_below_zero() public {
        fund(ann.account, 10);
        assertEq(_safe(), 0);
        openLine(ann, 60);
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.hub = otherHub;
        lines.open(line, sign(ann.key, line));
        assertEq(_safe(), 0);
    }

    function testFuzz_what_two_hubs_may_admit_never_exceeds_the_balance(uint96 balance, uint96 one, uint96 two) public {
        vm.assume(balance > 0 && one > 0 && two > 0);
        fund(ann.account, balance);
        openLine(ann, one);
        ICreditLines.Line memory line = lineOf(ann.account, two);
        line.hub = otherHub;
        lines.open(line, sign(ann.key, line));
        vm.warp(block.timestamp + N + E);
        uint256 other = lines.safeAmount(ann.account, address(settlement), otherHub, address(vault));
        assertLe(_safe() + other, balance);
    }

    function test_in_every_epoch_a_post_charges_what_the_terms_of_that_epoch_say() public {
        ICreditLines.Line memory line = lineOf(ann.account, 10);
        line.expiresAt = uint64((currentEpoch() + 4) * E);
        lines.open(line, sign(ann.key, line));
        uint64 first = currentEpoch() - 2;
        _assertCharged(first, first + 8);
        line = lineOf(ann.account, 7);
        line.expiresAt = uint64((currentEpoch() + 6) * E);
        lines.open(line, sign(ann.key, line));
        assertEq(_inForce(hub, currentEpoch()).cap, 10);
        assertEq(_inForce(hub, currentEpoch() + 5).cap, 7);
        _assertCharged(first, first + 10);
    }

    function test_times_that_do_not_fit_are_refused() public {
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, bytes32("epoch"), 0, 1));
        new CreditLines(0, P, N);
        bytes32 notice = "notice";
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, notice, E + P - 1, E + P));
        new CreditLines(E, P, E + P - 1);
    }

    function _inForce(address whose, uint64 epoch) private view returns (ICreditLines.Terms memory) {
        return lines.lineInForce(ann.account, address(settlement), whose, address(vault), epoch);
    }

    /// @dev What a post of the epoch charges of a row, 0 when no line is in force.
    function _charged(uint64 epoch, uint96 amount) private view returns (uint256) {
        bytes32[] memory row = rows(ann.account, amount);
        try lines.limit(address(settlement), hub, address(vault), epoch, address(0), row) returns (
            bytes32[] memory limited
        ) {
            return limited.length == 0 ? amount : Rows.amountOf(limited[0]);
        } catch (bytes memory why) {
            assertEq(bytes4(why), ICreditLines.NoLineInForce.selector);
            return 0;
        }
    }

    /// @dev Rows within the cap take another way than rows above it: both are compared with the terms.
    function _assertCharged(uint64 from, uint64 until) private {
        uint256 present = block.timestamp;
        for (uint64 epoch = from; epoch < until; ++epoch) {
            vm.warp((uint256(epoch) + 1) * E);
            uint96 cap = _inForce(hub, epoch).cap;
            assertEq(_charged(epoch, type(uint96).max), cap);
            assertEq(_charged(epoch, 1), cap == 0 ? 0 : 1);
        }
        vm.warp(present);
    }

    function _signer(uint64 epoch) private view returns (address) {
        return lines.orderSignerOf(ann.account, address(settlement), hub, address(vault), epoch);
    }

    function _safe() private view returns (uint256) {
        return lines.safeAmount(ann.account, address(settlement), hub, address(vault));
    }

    function _refused(ICreditLines.Refusal refusal) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICreditLines.LineNotSet.selector, refusal);
    }

    function _nothingToPrune() private view returns (bytes memory) {
        return abi.encodeWithSelector(
            ICreditLines.NothingToPrune.selector, ann.account, address(settlement), hub, address(vault)
        );
    }
}
