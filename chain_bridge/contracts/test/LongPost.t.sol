// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Params} from "../src/libraries/Schedule.sol";
import {Fixture} from "./Fixture.sol";

/// @title Deadlines of posts that are longer than an epoch
contract LongPostTest is Fixture {
    uint32 private constant LONG = 60;
    Person private ann;
    Person private ben;

    function setUp() public override {
        super.setUp();
        Params memory p = profile();
        (p.post, p.window, p.court) = (LONG, LONG, LONG);
        deploy(p, 86, 87, 219);
        fundBond(hub, BOND);
        ann = customer("ann", 100 * UNIT, 50 * UNIT);
        ben = customer("ben", 100 * UNIT, 50 * UNIT);
        if (ann.account > ben.account) (ann, ben) = (ben, ann);
    }

    function test_an_old_epoch_cannot_go_on_once_a_newer_one_has_begun() public {
        uint64 epoch = endEpoch();
        post(argsOf(epoch, 0, 2), rows(ann.account, 5), rows());
        post(rows(ann.account, 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.WrongPart.selector, 1, 0));
        post(argsOf(epoch, 1, 2), rows(ben.account, 5), rows());
        vm.expectRevert(abi.encodeWithSelector(ISettlement.EpochNotRising.selector, epoch, epoch + 1));
        post(argsOf(epoch, 0, 1), rows(ben.account, 5), rows());
    }

    function test_more_caps_of_others_are_set_aside_where_posts_can_wait_longer() public view {
        assertEq(lines.reserveFactor(), 8);
    }
}
