// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {IRemedies} from "../src/interfaces/IRemedies.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {HansaToken} from "../src/dev/HansaToken.sol";
import {Fixture} from "./Fixture.sol";
import {OddToken, Robber} from "./OddToken.sol";

/// @title Several calls in one transaction: they do what they would do one by one, and nothing else
contract TogetherTest is Fixture {
    Person private ann;
    address private north = makeAddr("north");

    function setUp() public override {
        super.setUp();
        ann = customer("ann", 1000 * UNIT, 50 * UNIT);
    }

    function test_a_batch_is_paid_in_the_transaction_of_the_next_post() public {
        Header memory earlier = post(rows(ann.account, 50), rows(north, 20));
        uint64 epoch = endEpoch();
        bytes[] memory results = _together(hub, _payment(earlier), _posting(epoch));
        assertEq(results[0], "");
        assertTrue(settlement.isFinalized(hub, address(vault), earlier.epoch, 0));
        assertEq(vault.balanceOf(north), 20);
        Header memory next = abi.decode(results[1], (Header));
        passWindow(next);
        settlement.finalize(next, rows(north, 30));
        assertEq(vault.balanceOf(north), 50);
        assertEq(vault.balanceOf(treasury), 70);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - 120);
    }

    function test_the_header_of_a_post_comes_back_whole_and_what_follows_happens() public {
        uint64 epoch = endEpoch();
        bytes[] memory results = _together(hub, _posting(epoch), _unbonding(UNIT));
        assertEq(results[0].length, 640);
        Header memory header = abi.decode(results[0], (Header));
        bytes31 kept = settlement.headerHashOf(hub, address(vault), epoch, 0);
        assertEq(bytes32(Headers.hash(header)), bytes32(kept));
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        assertEq(leaving, UNIT);
    }

    function test_calls_happen_in_their_order() public {
        bytes memory cancel = abi.encodeCall(settlement.cancelUnbond, (address(vault)));
        bytes[] memory calls = _pair(cancel, _unbonding(UNIT));
        vm.expectRevert(abi.encodeWithSelector(IBonds.NoUnbondPending.selector, hub, address(vault)));
        vm.prank(hub);
        settlement.multicall(calls);
        _together(hub, _unbonding(UNIT), cancel);
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        assertEq(leaving, 0);
    }

    function test_one_call_that_is_refused_undoes_all_and_says_why() public {
        Header memory earlier = post(rows(ann.account, 50), rows(north, 20));
        passWindow(earlier);
        bytes[] memory calls = _pair(_payment(earlier), _payment(earlier));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.AlreadyFinalized.selector, Headers.hash(earlier)));
        settlement.multicall(calls);
        assertFalse(settlement.isFinalized(hub, address(vault), earlier.epoch, 0));
        assertEq(vault.balanceOf(north), 0);
    }

    function test_a_call_that_no_function_answers_undoes_all() public {
        bytes[] memory calls = _pair(_unbonding(UNIT), hex"00c0ffee");
        vm.expectRevert(Errors.FailedCall.selector);
        vm.prank(hub);
        settlement.multicall(calls);
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        assertEq(leaving, 0);
    }

    function test_every_call_has_the_sender_of_the_transaction() public {
        fundBond(anyone, BOND);
        uint64 epoch = endEpoch();
        bytes[] memory calls = _pair(_unbonding(UNIT), _posting(epoch));
        vm.expectRevert(
            abi.encodeWithSelector(ICreditLines.NoLineInForce.selector, ann.account, address(settlement), anyone, epoch)
        );
        vm.prank(anyone);
        settlement.multicall(calls);
        calls = _pair(_unbonding(UNIT), abi.encodeCall(settlement.openCase, (hub, address(vault), epoch, UNIT)));
        vm.expectRevert(abi.encodeWithSelector(IRemedies.NotAChallenge.selector, anyone));
        vm.prank(anyone);
        settlement.multicall(calls);
        _together(anyone, _unbonding(UNIT), _nested(abi.encodeCall(settlement.cancelUnbond, (address(vault)))));
        _together(anyone, _nested(_unbonding(UNIT)), _nested(_nested(_release())));
        (,, uint256 leaving,) = settlement.bondOf(hub, address(vault));
        assertEq(leaving, 0);
        (,, leaving,) = settlement.bondOf(anyone, address(vault));
        assertEq(leaving, UNIT);
    }

    function test_no_money_of_the_chain_comes_in() public {
        vm.deal(hub, 1 ether);
        bytes[] memory calls = _pair(_unbonding(UNIT), _unbonding(UNIT));
        vm.prank(hub);
        (bool done,) = address(settlement).call{value: 1}(abi.encodeCall(settlement.multicall, (calls)));
        assertFalse(done);
    }

    function test_a_token_that_calls_back_enters_by_no_call_of_several() public {
        OddToken odd = new OddToken(false);
        token = HansaToken(address(odd));
        deploy(profile(), N, D, U);
        Robber robber = new Robber(address(settlement));
        odd.callBack(address(robber));
        bytes memory bonding = abi.encodeCall(settlement.depositBond, (address(vault), address(robber), 1));
        robber.plan(_nested(bonding));
        odd.mint(hub, 3);
        vm.prank(hub);
        odd.approve(address(settlement), 3);
        bytes memory own = abi.encodeCall(settlement.depositBond, (address(vault), hub, 1));
        _together(hub, own, own);
        assertEq(robber.refusal(), abi.encodePacked(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, 2);
    }

    /// forge-config: default.fuzz.runs = 1024
    function testFuzz_together_calls_do_what_they_do_one_by_one(uint256 seed, bool byHub) public {
        Header memory earlier = post(rows(ann.account, 50), rows(north, 20));
        bytes[] memory calls = _some(seed, earlier, endEpoch());
        address sender = byHub ? hub : anyone;
        uint256 before = vm.snapshotState();
        (bool accepted, bytes memory answer, bytes32 events) = _oneByOne(sender, calls);
        assertTrue(vm.revertToState(before));
        vm.recordLogs();
        vm.prank(sender);
        (bool done, bytes memory together) = address(settlement).call(abi.encodeCall(settlement.multicall, (calls)));
        assertEq(done, accepted);
        assertEq(together, answer);
        if (done) assertEq(keccak256(abi.encode(vm.getRecordedLogs())), events);
    }

    /// @dev What all calls return and the events of them, from which all balances follow; or the first refusal.
    function _oneByOne(address sender, bytes[] memory calls) private returns (bool, bytes memory, bytes32) {
        bytes[] memory results = new bytes[](calls.length);
        vm.recordLogs();
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(sender);
            (bool done, bytes memory answer) = address(settlement).call(calls[i]);
            if (!done) return (false, answer, 0);
            results[i] = answer;
        }
        return (true, abi.encode(results), keccak256(abi.encode(vm.getRecordedLogs())));
    }

    function _some(uint256 seed, Header memory earlier, uint64 epoch) private view returns (bytes[] memory calls) {
        bytes[7] memory all = [
            _payment(earlier),
            abi.encodeCall(settlement.finalizeRow, (earlier, rows(north, 20)[0], 0, rows())),
            _posting(epoch),
            _unbonding(BOND / 2),
            abi.encodeCall(settlement.cancelUnbond, (address(vault))),
            abi.encodeCall(settlement.unbond, (address(vault))),
            _release()
        ];
        calls = new bytes[](seed % 4 + 1);
        for (uint256 i = 0; i < calls.length; ++i) {
            calls[i] = all[uint256(keccak256(abi.encode(seed, i))) % all.length];
        }
    }

    function _together(address sender, bytes memory a, bytes memory b) private returns (bytes[] memory) {
        bytes[] memory calls = _pair(a, b);
        vm.prank(sender);
        return settlement.multicall(calls);
    }

    function _pair(bytes memory a, bytes memory b) private pure returns (bytes[] memory calls) {
        calls = new bytes[](2);
        (calls[0], calls[1]) = (a, b);
    }

    function _nested(bytes memory call) private view returns (bytes memory) {
        bytes[] memory calls = new bytes[](1);
        calls[0] = call;
        return abi.encodeCall(settlement.multicall, (calls));
    }

    function _payment(Header memory earlier) private view returns (bytes memory) {
        return abi.encodeCall(settlement.finalize, (earlier, rows(north, 20)));
    }

    function _posting(uint64 epoch) private view returns (bytes memory) {
        return abi.encodeCall(settlement.post, (argsOf(epoch, 0, 1), rows(ann.account, 70), rows(north, 30)));
    }

    function _release() private view returns (bytes memory) {
        return abi.encodeCall(settlement.releaseCover, (hub, address(vault)));
    }

    function _unbonding(uint256 amount) private view returns (bytes memory) {
        return abi.encodeCall(settlement.requestUnbond, (address(vault), amount));
    }
}
