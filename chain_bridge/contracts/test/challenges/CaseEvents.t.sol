// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IGuarantees} from "../../src/interfaces/IGuarantees.sol";
import {IProviders} from "../../src/interfaces/IProviders.sol";
import {IRemedies} from "../../src/interfaces/IRemedies.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Events alone are enough to rebuild bonds, guarantees, penalties and balances after challenges too
contract CaseEventsTest is CaseFixture {
    mapping(address account => uint256) private balances;
    uint256 private northsGuarantee;
    uint256 private bond;
    uint256 private waiting;
    uint256 private northsBond;
    uint256 private northsReserved;

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
    }

    function test_everything_can_be_rebuilt_from_events() public {
        guarantee(north, 100 * UNIT);
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        vm.prank(anyone);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        Subject memory demanded = demand(batch, ann);
        _disputeAndConcede(batch);
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        vm.warp(batch.header.postedAt + P + 1);
        claim(north, batch.header.epoch, 60 * UNIT);
        vm.warp(batch.header.postedAt + SPAN + 1);
        claims.payClaim(hub, address(vault), batch.header.epoch, north.account);
        vm.warp(block.timestamp + 200);
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        statements.collect(demanded);
        vm.startPrank(hub);
        settlement.requestRevoke(address(vault), north.account, 30 * UNIT);
        settlement.requestUnbond(address(vault), 5 * UNIT);
        vm.stopPrank();
        vm.warp(block.timestamp + U);
        vm.startPrank(hub);
        settlement.unbond(address(vault));
        settlement.revoke(address(vault), north.account);
        vm.stopPrank();
        assertEq(guaranteed(north), 10 * UNIT);
        _replayAll(vm.getRecordedLogs());
        _compare();
    }

    function _disputeAndConcede(Batch memory batch) private {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ann.account);
        disputes.dispute(sliceProof(batch, 0), credit, proof);
        vm.prank(north.account);
        disputes.concede(subjectOf(Kind.Dispute, sliceProof(batch, 0)), sliceProof(batch, 0).slice);
    }

    function _compare() private view {
        address[6] memory accounts = [ann.account, north.account, anyone, NOBODY, hub, treasury];
        for (uint256 i = 0; i < accounts.length; ++i) {
            assertEq(balances[accounts[i]], vault.balanceOf(accounts[i]));
        }
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(bond, total);
        assertEq(northsGuarantee, guaranteed(north));
        assertEq(waiting, settlement.penaltiesOf(hub, address(vault)));
        (uint256 bonded,,) = providers.bondOf(north.account, address(vault));
        assertEq(northsBond, bonded);
        assertEq(northsReserved, providers.reservedOf(north.account, address(vault)));
    }

    function _replayAll(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(vault)) _replayVault(logs[i]);
            if (logs[i].emitter == address(settlement)) _replayBond(logs[i]);
            if (logs[i].emitter == address(providers)) _replayProviders(logs[i]);
        }
    }

    function _replayVault(Vm.Log memory log) private {
        if (log.topics[0] == IVault.Deposited.selector) {
            balances[address(uint160(uint256(log.topics[2])))] += abi.decode(log.data, (uint256));
        } else if (log.topics[0] == IVault.Debited.selector) {
            bytes32[] memory taken = abi.decode(log.data, (bytes32[]));
            for (uint256 i = 0; i < taken.length; ++i) {
                balances[Rows.accountOf(taken[i])] -= Rows.amountOf(taken[i]);
            }
        } else if (log.topics[0] == IVault.Credited.selector) {
            bytes32[] memory credited = abi.decode(log.data, (bytes32[]));
            for (uint256 i = 0; i < credited.length; ++i) {
                balances[Rows.accountOf(credited[i])] += Rows.amountOf(credited[i]);
            }
        }
    }

    function _replayBond(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IRemedies.CaseCounted.selector) {
            (, waiting) = abi.decode(log.data, (uint256, uint256));
            return;
        }
        if (topic == ISettlement.ShortfallPaid.selector) {
            (, uint256 paid) = abi.decode(log.data, (uint32, uint256));
            bond -= paid;
            return;
        }
        if (topic == IRemedies.PenaltyCollected.selector) {
            (uint256 fromFree, uint256 fromLeaving) = abi.decode(log.data, (uint256, uint256));
            (bond, waiting) = (bond - fromFree - fromLeaving, waiting - fromFree - fromLeaving);
            return;
        }
        if (log.data.length != 32) return;
        uint256 amount = abi.decode(log.data, (uint256));
        if (topic == IBonds.BondDeposited.selector || topic == IRemedies.CoverReturned.selector) bond += amount;
        if (topic == IBonds.Unbonded.selector || topic == IRemedies.CoverUsed.selector) bond -= amount;
        if (topic == IGuarantees.GuaranteePaid.selector) bond -= amount;
        if (topic == IGuarantees.Guaranteed.selector || topic == IGuarantees.GuaranteeRestored.selector) {
            northsGuarantee += amount;
        }
        if (topic == IGuarantees.GuaranteeUsed.selector || topic == IGuarantees.Revoked.selector) {
            northsGuarantee -= amount;
        }
    }

    function _replayProviders(Vm.Log memory log) private {
        if (log.topics.length < 2 || log.topics[1] != bytes32(uint256(uint160(north.account)))) return;
        if (log.topics[0] == IBonds.BondDeposited.selector) northsBond += abi.decode(log.data, (uint256));
        if (log.topics[0] == IProviders.BondReserved.selector) northsReserved = abi.decode(log.data, (uint256));
    }
}
