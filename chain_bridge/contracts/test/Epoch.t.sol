// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Header} from "../src/libraries/Header.sol";
import {Fixture} from "./Fixture.sol";

/// @title One epoch from deposits to withdrawals
contract EpochTest is Fixture {
    function test_two_customers_pay_two_providers_a_publisher_and_the_treasury_to_the_wei() public {
        Person memory ann = customer("ann", 100 * UNIT, 50 * UNIT);
        Person memory ben = customer("ben", 70 * UNIT, 50 * UNIT);
        address cheap = makeAddr("cheap provider");
        address fast = makeAddr("fast provider");
        address publisher = makeAddr("publisher");
        uint64 id = services.publish("ocr", "1.0.0", publisher, 1000, sha256("image"));

        uint96 royalty = uint96(20 * UNIT) * services.get(id).royaltyBps / 10_000;
        bytes32[] memory credits = new bytes32[](3);
        credits[0] = rows(cheap, 10 * UNIT)[0];
        credits[1] = rows(fast, 20 * UNIT)[0];
        credits[2] = rows(publisher, royalty)[0];
        credits = sorted(credits);
        uint96 annPays = withFee(10 * UNIT);
        uint96 benPays = withFee(20 * UNIT + royalty);
        Header memory header = post(rows(ann.account, annPays, ben.account, benPays), credits);

        assertEq(vault.balanceOf(ann.account), 100 * UNIT - annPays);
        assertEq(vault.balanceOf(ben.account), 70 * UNIT - benPays);
        assertEq(vault.custodyOf(address(settlement)), BOND + annPays + benPays);
        assertEq(vault.balanceOf(cheap), 0);

        passWindow(header);
        vm.prank(anyone);
        settlement.finalize(header, credits);

        assertEq(vault.balanceOf(cheap), 10 * UNIT);
        assertEq(vault.balanceOf(fast), 20 * UNIT);
        assertEq(vault.balanceOf(publisher), royalty);
        assertEq(vault.balanceOf(treasury), annPays + benPays - 30 * UNIT - royalty);
        assertEq(vault.custodyOf(address(settlement)), BOND);
        assertEq(vault.totalHeld(), token.balanceOf(address(vault)));
        assertTrue(settlement.isFinalized(hub, address(vault), header.epoch, 0));

        vm.startPrank(cheap);
        vault.requestWithdrawal(10 * UNIT);
        vm.warp(block.timestamp + D);
        vault.withdraw(makeAddr("cold wallet"), 10 * UNIT);
        vm.stopPrank();
        assertEq(token.balanceOf(makeAddr("cold wallet")), 10 * UNIT);
        assertEq(vault.totalHeld(), token.balanceOf(address(vault)));
    }

    function test_a_lone_job_of_one_wei_settles() public {
        Person memory ann = customer("ann", 10, 10);
        bytes32[] memory credits = rows(makeAddr("provider"), 1);
        Header memory header = post(rows(ann.account, 2), credits);
        passWindow(header);
        settlement.finalize(header, credits);
        assertEq(vault.balanceOf(makeAddr("provider")), 1);
        assertEq(vault.balanceOf(treasury), 1);
    }

    function test_a_customer_that_is_also_the_provider_is_never_netted() public {
        Person memory ann = customer("ann", 100 * UNIT, 50 * UNIT);
        bytes32[] memory credits = rows(ann.account, 10 * UNIT);
        Header memory header = post(rows(ann.account, withFee(10 * UNIT)), credits);
        assertEq(vault.balanceOf(ann.account), 100 * UNIT - withFee(10 * UNIT));
        passWindow(header);
        settlement.finalize(header, credits);
        assertEq(vault.balanceOf(ann.account), 100 * UNIT + 10 * UNIT - withFee(10 * UNIT));
    }

    function test_epochs_follow_each_other_and_may_skip() public {
        Person memory ann = customer("ann", 100 * UNIT, 50 * UNIT);
        Header memory first = post(rows(ann.account, UNIT), rows());
        vm.warp(block.timestamp + 3 * E);
        Header memory second = post(rows(ann.account, UNIT), rows());
        assertEq(second.epoch, first.epoch + 4);
        (uint64 epoch, uint32 posted, uint32 parts) = settlement.lastEpoch(hub, address(vault));
        assertEq(epoch, second.epoch);
        assertEq(posted, 1);
        assertEq(parts, 1);
    }

    function test_a_settlement_of_a_batch_does_not_wait_for_the_batch_before() public {
        Person memory ann = customer("ann", 100 * UNIT, 50 * UNIT);
        Header memory first = post(rows(ann.account, UNIT), rows());
        Header memory second = post(rows(ann.account, UNIT), rows());
        passWindow(second);
        settlement.finalize(second, rows());
        settlement.finalize(first, rows());
        assertEq(vault.balanceOf(treasury), 2 * UNIT);
    }
}
