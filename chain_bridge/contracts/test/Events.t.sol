// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "../src/interfaces/IBonds.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Vm} from "forge-std/Vm.sol";
import {Fixture} from "./Fixture.sol";
import {Proofs} from "./Proofs.sol";

/// @title Events alone are enough to rebuild every balance and header
contract EventsTest is Fixture {
    mapping(address account => uint256) private balances;
    mapping(address holder => uint256) private custodies;
    uint256 private bond;
    uint256 private covering;
    bytes31 private lastHeader;

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
    }

    function test_every_balance_can_be_rebuilt_from_events() public {
        Person memory ann = customer("ann", 100 * UNIT, 50 * UNIT);
        Person memory ben = customer("ben", 3 * UNIT, 50 * UNIT);
        address north = makeAddr("north");
        bytes32[] memory credits = rows(north, 20 * UNIT, anyone, 7 * UNIT);
        Header memory header = post(rows(ann.account, 55 * UNIT, ben.account, 10 * UNIT), credits);
        passWindow(header);
        settlement.finalizeRow(header, credits[1], 1, Proofs.creditProof(credits, 1));
        settlement.finalize(header, credits);
        vm.prank(hub);
        settlement.requestUnbond(address(vault), 5 * UNIT);
        vm.prank(north);
        vault.requestWithdrawal(20 * UNIT);
        vm.warp(block.timestamp + U);
        vm.prank(hub);
        settlement.unbond(address(vault));
        vm.prank(north);
        vault.withdraw(anyone, 11 * UNIT);
        header = post(rows(ann.account, UNIT), rows());

        _replay(vm.getRecordedLogs());
        address[6] memory accounts = [ann.account, ben.account, north, anyone, treasury, hub];
        for (uint256 i = 0; i < accounts.length; ++i) {
            assertEq(balances[accounts[i]], vault.balanceOf(accounts[i]));
        }
        assertEq(custodies[address(settlement)], vault.custodyOf(address(settlement)));
        (uint256 total, uint256 covers,,) = settlement.bondOf(hub, address(vault));
        assertEq(bond, total);
        assertEq(covering, covers);
        assertEq(bytes32(lastHeader), bytes32(settlement.headerHashOf(hub, address(vault), header.epoch, 0)));
    }

    function _replay(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(vault)) _replayVault(logs[i]);
            else if (logs[i].emitter == address(settlement)) _replaySettlement(logs[i]);
        }
    }

    function _replayVault(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        address first = address(uint160(uint256(log.topics[1])));
        if (topic == IVault.Deposited.selector) {
            balances[address(uint160(uint256(log.topics[2])))] += abi.decode(log.data, (uint256));
        } else if (topic == IVault.CustodyDeposited.selector) {
            custodies[first] += abi.decode(log.data, (uint256));
        } else if (topic == IVault.Withdrawn.selector) {
            (uint256 amount,) = abi.decode(log.data, (uint256, uint256));
            balances[first] -= amount;
        } else if (topic == IVault.Debited.selector) {
            bytes32[] memory taken = abi.decode(log.data, (bytes32[]));
            for (uint256 i = 0; i < taken.length; ++i) {
                balances[Rows.accountOf(taken[i])] -= Rows.amountOf(taken[i]);
                custodies[first] += Rows.amountOf(taken[i]);
            }
        } else if (topic == IVault.Credited.selector) {
            bytes32[] memory credited = abi.decode(log.data, (bytes32[]));
            for (uint256 i = 0; i < credited.length; ++i) {
                balances[Rows.accountOf(credited[i])] += Rows.amountOf(credited[i]);
                custodies[first] -= Rows.amountOf(credited[i]);
            }
        }
    }

    function _replaySettlement(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IBonds.BondDeposited.selector) {
            bond += abi.decode(log.data, (uint256));
        } else if (topic == IBonds.Unbonded.selector) {
            bond -= abi.decode(log.data, (uint256));
        } else if (topic == ISettlement.ShortfallPaid.selector) {
            (, uint256 amount) = abi.decode(log.data, (uint32, uint256));
            bond -= amount;
        } else if (topic == ISettlement.Posted.selector) {
            (bytes31 headerHash, Header memory header) = abi.decode(log.data, (bytes31, Header));
            assertEq(bytes32(headerHash), bytes32(Headers.hash(header)));
            if (block.timestamp <= header.postedAt + SPAN) covering += header.debits;
            lastHeader = headerHash;
        }
    }
}
