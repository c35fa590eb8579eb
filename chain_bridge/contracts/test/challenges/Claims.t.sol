// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge} from "../../src/interfaces/IChallenge.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {IProviders} from "../../src/interfaces/IProviders.sol";
import {IRemedies} from "../../src/interfaces/IRemedies.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {Proofs} from "../Proofs.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title A hub that does not credit what it signed IOUs for
contract ClaimsTest is CaseFixture {
    Person private cleo;

    function test_the_bond_pays_what_a_hub_that_never_posted_had_signed() public {
        uint64 epoch = _missed();
        uint256 free = settlement.freeBond(hub, address(vault));
        claim(north, epoch, 30 * UNIT);
        assertEq(settlement.freeBond(hub, address(vault)), free - 30 * UNIT);
        assertEq(settlement.potOf(hub, address(vault), epoch), 30 * UNIT);
        assertEq(providers.reservedOf(north.account, address(vault)), 30 * UNIT);
        uint256 until = (uint256(epoch) + 1) * E + P + W;
        vm.warp(until + 7);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, until + 8, until + 7));
        _pay(epoch, north);
        vm.warp(until + 8);
        _pay(epoch, north);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + LEAF_FEE);
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
        assertEq(settlement.potOf(hub, address(vault), epoch), 0);
        vm.expectRevert(_notOpen(north, IChallenge.State.Ended));
        _pay(epoch, north);
        assertSolvent();
    }

    function test_claims_open_when_nothing_can_be_posted_any_more_and_close_after_the_window() public {
        uint64 epoch = currentEpoch();
        uint256 from = (uint256(epoch) + 1) * E + P + 1;
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch, 5 * UNIT);
        vm.startPrank(north.account);
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooEarly.selector, from, from - 1));
        claims.claim(iou, signature);
        vm.warp(from + W);
        uint256 until = from - 1 + W;
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        claims.claim(iou, signature);
        vm.warp(until);
        claims.claim(iou, signature);
        assertEq(claims.poolOf(hub, address(vault), epoch).until, until);
    }

    function test_a_row_that_was_paid_answers_and_the_deposit_is_the_hubs() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 30 * UNIT);
        uint256 free = settlement.freeBond(hub, address(vault));
        _show(batch, north);
        assertEq(vault.balanceOf(hub), LEAF_FEE);
        assertEq(settlement.freeBond(hub, address(vault)), free + 30 * UNIT);
        assertEq(providers.reservedOf(north.account, address(vault)), 0);
        vm.expectRevert(_notOpen(north, IChallenge.State.Answered));
        _pay(batch.header.epoch, north);
    }

    function test_the_bond_pays_the_difference_to_a_row_that_was_shaved() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 50 * UNIT);
        uint256 until = claims.poolOf(hub, address(vault), batch.header.epoch).until;
        assertEq(until, batch.header.postedAt + SPAN - 7);
        vm.warp(until + 7);
        _show(batch, north);
        vm.warp(batch.header.postedAt + SPAN + 1);
        _pay(batch.header.epoch, north);
        assertEq(vault.balanceOf(north.account), 50 * UNIT + LEAF_FEE);
        settlement.releaseCover(hub, address(vault));
        assertEq(settlement.freeBond(hub, address(vault)), BOND - 20 * UNIT);
        assertSolvent();
    }

    function test_a_hub_answers_to_the_last_second_and_not_with_rows_that_are_only_posted() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 30 * UNIT);
        Batch memory batch = post(list(leaf));
        vm.warp(block.timestamp + P + 1);
        claim(north, batch.header.epoch, 30 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClaims.CreditNotPaid.selector, 0, 0));
        this.show(batch, north);
        finalize(batch);
        uint256 until = uint256(claims.poolOf(hub, address(vault), batch.header.epoch).until) + 7;
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.TooLate.selector, until, until + 1));
        this.show(batch, north);
        vm.warp(until);
        _show(batch, north);
    }

    function test_rows_of_several_parts_add_up_and_each_counts_once() public {
        (Person memory low, Person memory high) = ann.account < ben.account ? (ann, ben) : (ben, ann);
        uint64 epoch = currentEpoch();
        Leaf memory a = leafOf(low, north.account, "a", 10 * UNIT);
        Leaf memory b = leafOf(high, north.account, "b", 10 * UNIT);
        endEpoch();
        Batch memory first = post(list(a), totals(list(a), true), totals(list(a), false), epoch, 0, 2);
        Batch memory second = post(list(b), totals(list(b), true), totals(list(b), false), epoch, 1, 2);
        finalize(first);
        settlement.finalize(second.header, second.credits);
        vm.warp(second.header.postedAt + P + 1);
        claim(north, epoch, 20 * UNIT);
        _show(first, north);
        vm.expectRevert(abi.encodeWithSelector(IClaims.PartNotRising.selector, 0, 1));
        this.show(first, north);
        _show(second, north);
        assertEq(vault.balanceOf(hub), LEAF_FEE);
    }

    function test_nobody_shuts_the_hub_out_by_showing_a_row_in_its_place() public {
        Batch memory batch = post(list(leafOf(ann, north.account, "job", 20 * UNIT)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        claim(north, batch.header.epoch, 20 * UNIT);
        bytes32[] memory proof = Proofs.creditProof(batch.credits, 0);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, hub, north.account));
        claims.showCredit(batch.header, batch.credits[0], 0, proof);
    }

    function test_a_payee_of_a_void_part_is_paid_by_the_cover() public {
        _useSmallHub(withFee(30 * UNIT));
        Leaf memory leaf = leafOf(cleo, north.account, "job", 30 * UNIT);
        Batch memory batch = post(list(leaf));
        assertEq(settlement.freeBond(hub, address(vault)), 0);
        Subject memory demanded = demand(batch, cleo);
        vm.warp(block.timestamp + 10);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        vm.warp(block.timestamp + 5);
        claim(north, batch.header.epoch, 30 * UNIT);
        vm.warp(block.timestamp + SPAN + 1);
        _pay(batch.header.epoch, north);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + LEAF_FEE);
        assertEq(vault.balanceOf(cleo.account), 1000 * UNIT + LEAF_FEE);
        assertTrue(settlement.isVoid(hub, address(vault), demanded.epoch, 0));
        assertSolvent();
    }

    function test_payees_share_a_bond_that_is_too_small_pro_rata_after_a_common_deadline() public {
        _useSmallHub(40 * UNIT);
        uint64 epoch = _missed();
        claim(north, epoch, 30 * UNIT);
        claim(south, epoch, 70 * UNIT);
        vm.warp(block.timestamp + 100);
        _pay(epoch, south);
        _pay(epoch, north);
        assertEq(vault.balanceOf(north.account), 12 * UNIT + LEAF_FEE);
        assertEq(vault.balanceOf(south.account), 28 * UNIT + LEAF_FEE);
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, 0);
    }

    function test_shares_of_a_pot_are_rounded_down_so_that_it_pays_all_of_them() public {
        _useSmallHub(40 * UNIT);
        uint64 epoch = _missed();
        claim(north, epoch, 20 * UNIT);
        claim(south, epoch, 70 * UNIT);
        vm.warp(block.timestamp + 100);
        _pay(epoch, south);
        _pay(epoch, north);
        assertEq(vault.balanceOf(south.account), uint256(40 * UNIT) * 70 / 90 + LEAF_FEE);
        assertEq(vault.balanceOf(north.account), uint256(40 * UNIT) * 20 / 90 + LEAF_FEE);
        assertEq(settlement.potOf(hub, address(vault), epoch), 1);
    }

    function test_a_bond_that_is_leaving_still_pays_payees() public {
        uint64 epoch = currentEpoch();
        vm.prank(hub);
        settlement.requestUnbond(address(vault), BOND);
        _missed();
        claim(north, epoch, 30 * UNIT);
        vm.warp(block.timestamp + 100);
        _pay(epoch, north);
        assertEq(vault.balanceOf(north.account), 30 * UNIT + LEAF_FEE);
        vm.prank(hub);
        settlement.unbond(address(vault));
        assertEq(vault.balanceOf(hub), BOND - 30 * UNIT);
    }

    function test_nobody_claims_more_than_its_own_free_bond_and_no_bond_carries_two_claims() public {
        uint64 epoch = _missed();
        claim(north, epoch, 900 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), epoch, north.account).due, 500 * UNIT);
        vm.prank(north.account);
        providers.requestUnbond(address(vault), 500 * UNIT);
        uint64 next = _missed();
        (Iou memory iou, bytes memory signature) = iouOf(north, next, UNIT);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.NoBond.selector, north.account, address(vault)));
        claims.claim(iou, signature);
        vm.warp(block.timestamp + U);
        vm.startPrank(north.account);
        vm.expectRevert(
            abi.encodeWithSelector(IProviders.BondInUse.selector, north.account, address(vault), 500 * UNIT, 0)
        );
        providers.unbond(address(vault));
        claims.payClaim(hub, address(vault), epoch, north.account);
        providers.unbond(address(vault));
    }

    function test_payees_wait_for_the_customers_cases_of_the_epoch() public {
        _useSmallHub(withFee(30 * UNIT));
        Batch memory batch = post(list(leafOf(cleo, north.account, "job", 30 * UNIT)));
        Subject memory demanded = demand(batch, cleo);
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        claim(south, batch.header.epoch, 30 * UNIT);
        uint256 releaseAt = batch.header.postedAt + SPAN;
        vm.warp(block.timestamp + SPAN + 1);
        vm.expectRevert(abi.encodeWithSelector(IRemedies.PotOpen.selector, releaseAt, block.timestamp, 1));
        _pay(batch.header.epoch, south);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        _pay(batch.header.epoch, south);
        assertEq(vault.balanceOf(cleo.account), 1000 * UNIT + LEAF_FEE);
        assertEq(vault.balanceOf(south.account), LEAF_FEE);
        assertSolvent();
    }

    function test_an_iou_of_somebody_else_or_of_another_hub_is_refused() public {
        uint64 epoch = _missed();
        (Iou memory iou, bytes memory signature) = iouOf(north, epoch, UNIT);
        vm.prank(south.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.OtherParty.selector, north.account, south.account));
        claims.claim(iou, signature);
        signature = signatureOf(south, claims.iouDigest(iou));
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, hub, south.account));
        claims.claim(iou, signature);
        claim(north, epoch, UNIT);
        (iou, signature) = iouOf(north, epoch, 2 * UNIT);
        vm.prank(north.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.ClaimExists.selector, north.account, IChallenge.State.Open));
        claims.claim(iou, signature);
    }

    function test_a_row_that_is_not_in_the_part_is_no_answer() public {
        Batch memory batch = _shaved(30 * UNIT);
        claim(north, batch.header.epoch, 30 * UNIT);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        bytes32 more = Rows.withAmount(credit.row, 40 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClaims.WrongCredit.selector, credit.index));
        vm.prank(hub);
        claims.showCredit(batch.header, more, credit.index, proof);
    }

    function show(Batch memory batch, Person memory who) external {
        _show(batch, who);
    }

    function _missed() private returns (uint64 epoch) {
        epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
    }

    /// @dev A batch that credits `amount` to north, paid, when claims are open.
    function _shaved(uint96 amount) private returns (Batch memory batch) {
        batch = post(list(leafOf(ann, north.account, "job", amount)));
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        vm.prank(north.account);
    }

    function _show(Batch memory batch, Person memory who) private {
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, who.account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }

    function _pay(uint64 epoch, Person memory who) private {
        claims.payClaim(hub, address(vault), epoch, who.account);
    }

    /// @dev Another hub with a bond of its own, and a customer of it.
    function _useSmallHub(uint96 bond) private {
        hubPerson = person("small hub");
        hub = hubPerson.account;
        fundBond(hub, bond);
        cleo = customer("cleo", 1000 * UNIT, 400 * UNIT);
        giveTokens(cleo.account);
    }

    function _notOpen(Person memory who, IChallenge.State state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClaims.ClaimNotOpen.selector, who.account, state);
    }
}
