// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Params} from "../../src/libraries/Schedule.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Claims that the free bond does not reach, with posts that can wait for a whole epoch
contract ShortClaimsTest is CaseFixture {
    Person private friend;
    uint64 private skipped;
    uint256 private open;
    Header private later;

    function setUp() public override {
        super.setUp();
        Params memory p = profile();
        (p.post, p.window) = (uint32(E), 12);
        deploy(p, 46, 47, 84);
        hubPerson = person("thief");
        hub = hubPerson.account;
        fundBond(hub, 105 * UNIT);
        ann = customer("ann2", 1000 * UNIT, 400 * UNIT);
        friend = person("friend");
        register(north, northKey.account, 500 * UNIT);
        giveTokens(north.account);
        giveTokens(ann.account);
        // North works in an epoch that the hub skips; it bills that in the next one, and credits a friend, in the last
        // second before claims open. The cover takes the free bond.
        skipped = currentEpoch();
        open = (uint256(skipped) + 1) * E + p.post + 1;
        vm.warp(open - 1);
        later =
            post(argsOf(skipped + 1, 0, 1), rows(ann.account, withFee(100 * UNIT)), rows(friend.account, 100 * UNIT));
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        vm.warp(open);
        claim(north, skipped, 100 * UNIT);
    }

    function test_attack_a_bond_that_hides_behind_a_later_post_pays_the_claim_when_it_comes_out() public {
        IClaims.Pool memory pool = claims.poolOf(hub, address(vault), skipped);
        uint256 end = open + settlement.settleSeconds();
        assertEq(pool.rest, end);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, end + 1, end));
        vm.warp(end);
        claims.payClaim(hub, address(vault), skipped, north.account);
        vm.warp(end + 1);
        settlement.finalize(later, rows(friend.account, 100 * UNIT));
        uint256 before = vault.balanceOf(north.account);
        claims.payClaim(hub, address(vault), skipped, north.account);
        assertEq(vault.balanceOf(north.account) - before, 100 * UNIT + LEAF_FEE);
    }

    function test_what_a_claim_lacks_covers_no_post_and_does_not_leave() public {
        vm.warp(later.postedAt + settlement.settleSeconds() + 1);
        uint256 rest = 105 * UNIT - 100 * UNIT;
        assertEq(settlement.freeBond(hub, address(vault)), rest);
        vm.prank(hub);
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, vault, rest + 1, rest));
        settlement.requestUnbond(address(vault), rest + 1);
    }

    function test_a_penalty_leaves_what_a_claim_waits_for() public {
        vm.startPrank(address(challenges));
        settlement.openCase(hub, address(vault), skipped + 1, 50 * UNIT);
        settlement.closeCase(hub, address(vault), skipped + 1, 0);
        vm.warp(later.postedAt + settlement.settleSeconds() + 1);
        uint96 collected = settlement.collectPenalty(hub, address(vault), 50 * UNIT, anyone);
        vm.stopPrank();
        assertEq(collected, 5 * UNIT);
        assertEq(settlement.penaltiesOf(hub, address(vault)), 45 * UNIT);
    }

    function test_a_later_claim_on_another_epoch_leaves_what_an_earlier_one_waits_for() public {
        register(south, person("south's receipt key").account, 500 * UNIT);
        giveTokens(south.account);
        uint64 epoch = skipped + 2;
        vm.warp((uint256(epoch) + 1) * E + settlement.params().post + 1);
        claim(south, epoch, 50 * UNIT);
        assertEq(settlement.potOf(hub, address(vault), epoch), 5 * UNIT);
        settlement.finalize(later, rows(friend.account, 100 * UNIT));
        claims.payClaim(hub, address(vault), skipped, north.account);
        assertEq(settlement.potOf(hub, address(vault), skipped), 0);
        assertEq(settlement.potOf(hub, address(vault), epoch), 5 * UNIT);
    }
}
