// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Settlement} from "../../src/Settlement.sol";
import {IBonds} from "../../src/interfaces/IBonds.sol";
import {IChallenge, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IClaims} from "../../src/interfaces/IClaims.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Header, Headers} from "../../src/libraries/Header.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou, Messages, Order} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Params} from "../../src/libraries/Schedule.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {Proofs} from "../Proofs.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @notice A smart account that says yes to every signature.
contract YesAccount {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }
}

/// @title The attacks of the protocol's review, one for each rule that stops one
/// @notice Of [9] there is what a draw of audits will start from: the draw comes with the court.
contract AttacksTest is CaseFixture {
    function test_attack_01_a_settlement_that_no_line_names_takes_nothing_and_gives_only_what_it_took() public {
        address[] memory vaults = new address[](1);
        vaults[0] = address(vault);
        Settlement rogue =
            new Settlement(profile(), address(lines), address(providers), treasury, vaults, new address[](0));
        token.mint(address(this), BOND);
        token.approve(address(rogue), BOND);
        rogue.depositBond(address(vault), hub, BOND);
        uint64 epoch = endEpoch();
        bytes memory refused =
            abi.encodeWithSelector(ICreditLines.NoLineInForce.selector, ann.account, address(rogue), hub, epoch);
        vm.prank(hub);
        vm.expectRevert(refused);
        rogue.post(argsOf(epoch, 0, 1), rows(ann.account, 5), rows());
        vm.prank(anyone);
        vm.expectRevert(abi.encodeWithSelector(IVault.InsufficientCustody.selector, anyone, 5, 0));
        vault.credit(rows(anyone, 5));
    }

    function test_attack_02_a_token_that_blocks_a_party_keeps_nobody_elses_money() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        vm.mockCallRevert(address(token), abi.encodeWithSelector(IERC20.transfer.selector, ann.account), "blocked");
        vm.mockCallRevert(address(token), abi.encodeWithSelector(IERC20.transfer.selector, north.account), "blocked");
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        finalize(batch);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - debitOf(leaf));
        assertEq(vault.balanceOf(north.account), 20 * UNIT);
        assertEq(vault.balanceOf(treasury), batch.header.debits - batch.header.credits);
    }

    function test_attack_03_a_smart_account_cannot_say_yes_to_an_order_afterwards() public {
        address account = address(new YesAccount());
        Person memory cleo = person("cleo");
        fund(cleo.account, 100 * UNIT);
        openLine(cleo, 100 * UNIT, account);
        giveTokens(cleo.account);
        Order memory order = Order(hub, address(vault), cleo.account, 0, 0, 50 * UNIT, 1, FOREVER);
        Leaf memory leaf = leafOf(cleo, north.account, "", 10 * UNIT);
        leaf.jobId = digestOf(Messages.hash(order));
        SliceProof memory p = sliceProof(post(list(leaf)), 0);
        vm.prank(cleo.account);
        challenges.challengeOrder(p);
        bytes memory signature = signatureOf(ben, leaf.jobId);
        vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongSigner.selector, account, ben.account));
        challenges.showOrder(subjectOf(Kind.Order, p), p.slice, order, signature);
    }

    function test_attack_04_a_royalty_of_a_service_that_nobody_published_cannot_be_charged() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        leaf.service = 77;
        bytes32[] memory debits = rows(ann.account, withFee(13 * UNIT));
        Batch memory batch = post(list(leaf), debits, rows(north.account, 10 * UNIT, anyone, 3 * UNIT));
        Subject memory subject = demand(batch, ann);
        vm.prank(hub);
        statements.reveal(subject, batch.header, ofOne(batch, 0));
        (uint256 sum,,) = statements.shownOf(idOf(subject));
        assertEq(sum, withFee(10 * UNIT));
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + LEAF_FEE);
    }

    function test_attack_05_a_leaf_cannot_be_shown_at_two_places() public {
        Leaf[] memory leaves = new Leaf[](3);
        leaves[0] = leafOf(ann, north.account, "job", 10 * UNIT);
        leaves[1] = leafOf(ben, north.account, "another", 10 * UNIT);
        leaves[2] = leafOf(ben, north.account, "a third", 10 * UNIT);
        bytes32[] memory debits = rows(ann.account, debitOf(leaves[0]) * 2, ben.account, debitOf(leaves[0]) * 2);
        Batch memory batch = post(leaves, debits, rows(north.account, 40 * UNIT));
        Subject memory subject = demand(batch, ann);
        IStatements.Revealed[] memory one = ofOne(batch, 0);
        vm.prank(hub);
        statements.reveal(subject, batch.header, one);
        // The places of other leaves, and the one that fills up the tree.
        for (uint32 place = 1; place < 4; ++place) {
            one[0].index = place;
            for (uint256 proven = 0; proven < 4; ++proven) {
                one[0].proof = Proofs.proofOf(nodesOf(leaves), proven);
                vm.expectRevert(abi.encodeWithSelector(IChallenge.WrongLeaf.selector, place));
                vm.prank(hub);
                statements.reveal(subject, batch.header, one);
            }
        }
    }

    function test_attack_06_a_part_that_would_not_fit_into_a_transaction_is_refused() public {
        bytes32[] memory credits = new bytes32[](1000);
        for (uint256 i = 0; i < credits.length; ++i) {
            credits[i] = Rows.pack(address(uint160(i + 1)), 1);
        }
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TooManyRows.selector, 1001, 1000));
        post(args, rows(ann.account, 2000), credits);
        // Nodes pass on transactions of up to 128 KiB. What a full part takes of a block's gas is held in Gas.t.sol.
        assembly ("memory-safe") {
            mstore(credits, 999)
        }
        assertLt(abi.encodeCall(settlement.post, (args, rows(ann.account, 2000), credits)).length, 120 * 1024);
        post(args, rows(ann.account, 2000), credits);
    }

    function test_attack_07_a_shortfall_is_not_paid_out_of_what_waits_for_a_penalty() public {
        Person memory cleo = _useSmallHub(100 * UNIT, 300 * UNIT);
        Batch memory batch = post(list(leafOf(cleo, north.account, "job", 20 * UNIT)));
        demand(batch, cleo);
        uint256 free = 300 * UNIT - 2 * uint256(batch.header.debits);
        assertEq(settlement.freeBond(hub, address(vault)), free);
        uint64 epoch = endEpoch();
        uint96 debit = 170 * UNIT;
        uint256 wanted = debit - vault.balanceOf(cleo.account);
        bytes memory refused =
            abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), wanted, free - debit);
        vm.expectRevert(refused);
        post(argsOf(epoch, 0, 1), rows(cleo.account, debit), rows());
    }

    function test_attack_08_a_hub_cannot_have_more_at_stake_than_it_can_lose() public {
        Person memory cleo = _useSmallHub(100 * UNIT, 30 * UNIT);
        Batch memory batch = post(list(leafOf(cleo, north.account, "job", 20 * UNIT)));
        uint64 epoch = endEpoch();
        uint96 free = 30 * UNIT - batch.header.debits;
        vm.expectRevert(abi.encodeWithSelector(IBonds.InsufficientBond.selector, hub, address(vault), free + 1, free));
        post(argsOf(epoch, 0, 1), rows(cleo.account, free + 1), rows());
    }

    function test_attack_09_a_hub_can_neither_move_the_block_that_audits_are_drawn_after_nor_draw_again() public {
        Leaf[] memory leaves = list(leafOf(ann, north.account, "job", 10 * UNIT));
        vm.roll(77);
        Batch memory batch = post(leaves);
        assertEq(batch.header.postedBlock, 77);
        // The seed is known now, and another one would be welcome.
        vm.roll(79);
        bytes32[] memory debits = totals(leaves, true);
        bytes32[] memory credits = totals(leaves, false);
        ISettlement.PostArgs memory args = argsOf(batch.header.epoch, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.EpochNotRising.selector, args.epoch, args.epoch));
        post(args, debits, credits);
        passWindow(batch.header);
        Header memory moved = batch.header;
        moved.postedBlock = 79;
        vm.expectRevert(abi.encodeWithSelector(ISettlement.UnknownHeader.selector, Headers.hash(moved)));
        settlement.finalize(moved, credits);
        // All that a draw needs fits into the window, and leaves time to challenge what it hits.
        Params memory times = settlement.params();
        assertGe(times.window, times.audit + 2 * times.finality + times.outage);
    }

    function test_attack_10_challenges_delay_nobody_and_hold_no_more_than_is_left_of_a_row() public {
        Leaf memory a = leafOf(ann, north.account, "a", 10 * UNIT);
        Leaf memory b = leafOf(ben, south.account, "b", 20 * UNIT);
        Batch memory batch = post(list(a, b));
        demand(batch, ann);
        SliceProof memory p = sliceProof(batch, 0);
        vm.prank(north.account);
        challenges.challengeReceipt(p);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ann.account);
        disputes.dispute(p, credit, proof);
        finalize(batch);
        assertEq(vault.balanceOf(south.account), 20 * UNIT);
        assertEq(vault.balanceOf(north.account), 0);
        assertEq(vault.custodyOf(address(settlement)), BOND + 10 * UNIT);
    }

    function test_attack_11_no_sequence_of_remedies_gives_back_more_than_was_taken() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        SliceProof memory p = sliceProof(batch, 1);
        vm.prank(north.account);
        challenges.challengeReceipt(p);
        challenges.proveDuplicate(p, leafProof(batch, 0));
        challenges.proveDuplicate(sliceProof(batch, 0), leafProof(batch, 1));
        Subject memory demanded = demand(batch, ann);
        vm.warp(block.timestamp + 10);
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
        statements.voidPart(demanded, batch.header, batch.debits, batch.taken);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT + 2 * LEAF_FEE);
        assertSolvent();
    }

    function test_attack_12_reporting_oneself_costs_nine_tenths_of_a_penalty_not_below_the_refund() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf, leaf));
        uint96 debit = debitOf(leaf);
        vm.prank(hub);
        challenges.proveDuplicate(sliceProof(batch, 1), leafProof(batch, 0));
        vm.warp(block.timestamp + 100);
        challenges.collect(subjectOf(Kind.Fault, sliceProof(batch, 1)));
        assertEq(vault.balanceOf(hub), debit / 10);
        assertEq(vault.balanceOf(NOBODY), debit - debit / 10);
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND - 2 * debit);
    }

    function test_attack_13_a_hub_cannot_sign_the_bond_away_that_a_payee_counts_on() public {
        guarantee(north, 30 * UNIT);
        uint64 epoch = currentEpoch();
        vm.warp((uint256(epoch) + 1) * E + P + 1);
        Person memory friend = person("friend");
        giveTokens(friend.account);
        (Iou memory iou, bytes memory signature) = iouOf(friend, epoch, type(uint96).max);
        vm.prank(friend.account);
        vm.expectRevert(abi.encodeWithSelector(IClaims.NoGuarantee.selector, hub, address(vault), friend.account));
        claims.claim(iou, signature, iou.cumulative);
        guarantee(friend, BOND - 30 * UNIT);
        claim(friend, epoch, type(uint96).max);
        claim(north, epoch, 30 * UNIT);
        assertEq(claims.claimOf(hub, address(vault), epoch, north.account).due, 30 * UNIT);
    }

    function test_attack_14_disputing_everything_costs_its_bonds_and_changes_nothing() public {
        Leaf memory leaf = leafOf(ann, north.account, "job", 10 * UNIT);
        Batch memory batch = post(list(leaf));
        SliceProof memory p = sliceProof(batch, 0);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ann.account);
        disputes.dispute(p, credit, proof);
        finalize(batch);
        disputes.expire(subjectOf(Kind.Dispute, p), p.slice);
        assertEq(vault.balanceOf(north.account), 10 * UNIT + debitOf(leaf) / 10);
        assertEq(vault.balanceOf(ann.account), 1000 * UNIT - debitOf(leaf));
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(total, BOND);
    }

    function _useSmallHub(uint96 balance, uint96 bond) private returns (Person memory cleo) {
        hub = makeAddr("small hub");
        fundBond(hub, bond);
        cleo = customer("cleo", balance, 400 * UNIT);
        giveTokens(cleo.account);
    }
}
