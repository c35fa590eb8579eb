// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LeafProof, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Leaf, Leaves} from "../../src/libraries/Leaf.sol";
import {Merkle} from "../../src/libraries/Merkle.sol";
import {Iou, Messages, Order, Receipt as SignedReceipt} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {Proofs} from "../Proofs.sol";
import {CaseFixture} from "./CaseFixture.sol";

/// @title Gas of challenges and answers in a batch of 10,000 leaves, everything included
/// @notice Every call is a transaction of its own (isolate): the base of 21k, calldata and cold slots count.
contract CaseGasTest is CaseFixture {
    uint256 private constant LEAVES = 10_000;
    uint256 private constant CUSTOMERS = 80;

    bytes32[] private nodes;
    SignedReceipt private receipt;
    Order private order;

    /// forge-config: default.isolate = true
    function test_contradictions() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        LeafProof memory other = _leafProof(batch, 1);
        challenges.proveDuplicate(p, other);
        _log("proveDuplicate", 350_000);
        Subject memory subject = subjectOf(Kind.Fault, p);
        vm.warp(block.timestamp + 100);
        challenges.collect(subject);
        _log("collect", 130_000);
    }

    /// forge-config: default.isolate = true
    function test_orders_and_receipts() public {
        (, SliceProof memory p) = _batch();
        vm.prank(ben.account);
        challenges.challengeOrder(p);
        _log("challengeOrder", 280_000);
        bytes memory signature = signatureOf(signer, p.slice.leaf.jobId);
        challenges.showOrder(subjectOf(Kind.Order, p), p.slice, order, signature);
        _log("showOrder", 150_000);
        vm.prank(north.account);
        challenges.challengeReceipt(p);
        _log("challengeReceipt", 280_000);
        signature = signatureOf(northKey, p.slice.leaf.receiptDigest);
        challenges.showReceipt(subjectOf(Kind.Receipt, p), p.slice, receipt, signature);
        _log("showReceipt", 150_000);
    }

    /// forge-config: default.isolate = true
    function test_an_unanswered_challenge() public {
        (, SliceProof memory p) = _batch();
        vm.prank(north.account);
        challenges.challengeReceipt(p);
        vm.warp(block.timestamp + 8);
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
        _log("strike", 230_000);
    }

    /// forge-config: default.isolate = true
    function test_a_statement() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        vm.prank(ben.account);
        statements.demand(batch.header, p.slice.charge, p.rowProof);
        _log("demand", 260_000);
        Subject memory subject = subjectOf(Kind.Statement, batch.header, p.slice.charge.index, p.slice.charge.row);
        vm.prank(hub);
        statements.reveal(subject, batch.header, _revealed(batch, 0, 1));
        uint256 one = _log("reveal of 1 leaf", 160_000);
        vm.prank(hub);
        statements.reveal(subject, batch.header, _revealed(batch, 1, 9));
        emit log_named_uint("reveal, each more leaf", (_log("reveal of 8 more leaves", 400_000) - one) / 7);
    }

    /// forge-config: default.isolate = true
    function test_a_dispute() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ben.account);
        disputes.dispute(p, credit, proof);
        _log("dispute", 420_000);
        vm.prank(north.account);
        disputes.concede(subjectOf(Kind.Dispute, p), p.slice);
        _log("concede", 220_000);
    }

    /// forge-config: default.isolate = true
    function test_a_dispute_that_expires() public {
        (Batch memory batch, SliceProof memory p) = _batch();
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(ben.account);
        disputes.dispute(p, credit, proof);
        finalize(batch);
        disputes.expire(subjectOf(Kind.Dispute, p), p.slice);
        _log("expire", 180_000);
    }

    /// forge-config: default.isolate = true
    function test_a_claim() public {
        vm.prank(hub);
        settlement.guarantee(address(vault), north.account, 120 * UNIT);
        _log("guarantee", 90_000);
        (Batch memory batch,) = _batch();
        finalize(batch);
        vm.warp(batch.header.postedAt + P + 1);
        Iou memory iou = Iou(hub, address(vault), batch.header.epoch, north.account, 1, 120 * UNIT);
        bytes memory signature = signatureOf(hubPerson, digestOf(Messages.hash(iou)));
        vm.prank(north.account);
        claims.claim(iou, signature, iou.cumulative);
        _log("claim", 420_000);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
        _log("showCredit", 150_000);
        vm.warp(batch.header.postedAt + SPAN + 1);
        claims.payClaim(hub, address(vault), batch.header.epoch, north.account);
        _log("payClaim", 230_000);
    }

    /// forge-config: default.isolate = true
    function test_what_the_payment_of_one_row_costs() public {
        (Batch memory batch,) = _batch();
        passWindow(batch.header);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, north.account);
        settlement.finalizeRow(batch.header, credit.row, credit.index, proof);
        _log("finalizeRow", 150_000);
    }

    /// forge-config: default.isolate = true
    function test_a_void_part_of_1000_rows_fits_into_a_transaction() public {
        bytes32[] memory debits = new bytes32[](999);
        for (uint256 i = 0; i < debits.length - 1; ++i) {
            Person memory who = customer(string.concat("customer", vm.toString(i)), 100 * UNIT, 100 * UNIT);
            debits[i] = Rows.pack(who.account, UNIT + uint96(i));
        }
        debits[998] = Rows.pack(ben.account, UNIT);
        Leaf memory leaf = leafOf(ben, north.account, "job", UNIT / 2);
        Batch memory batch = post(list(leaf), sorted(debits), rows(north.account, UNIT / 2));
        Subject memory subject = demand(batch, ben);
        vm.warp(block.timestamp + 10);
        statements.voidPart(subject, batch.header, batch.debits, batch.taken);
        _log("voidPart, 999 customers", 16_000_000);
    }

    function _log(string memory what, uint256 most) private returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(what, gas);
        assertLe(gas, most, what);
    }

    /// @dev A batch of the size of the gas tests, of which ten leaves are real: the first two contradict each other.
    function _batch() private returns (Batch memory batch, SliceProof memory p) {
        bytes32[] memory debits = new bytes32[](CUSTOMERS);
        for (uint256 i = 0; i < CUSTOMERS - 1; ++i) {
            Person memory who = customer(string.concat("customer", vm.toString(i)), 100 * UNIT, 100 * UNIT);
            debits[i] = Rows.pack(who.account, UNIT + uint96(i));
        }
        batch.leaves = _leaves();
        for (uint256 i = 0; i < 10; ++i) {
            nodes.push(Leaves.hash(batch.leaves[i]));
        }
        debits[CUSTOMERS - 1] = Rows.pack(ben.account, debitOf(batch.leaves[0]) * 10);
        ISettlement.PostArgs memory args = argsOf(endEpoch(), 0, 1);
        (args.jobsRoot, args.leafCount) = (_root(), uint32(LEAVES));
        batch.debits = sorted(debits);
        batch.taken = batch.debits;
        batch.credits = rows(north.account, 100 * UNIT, south.account, UNIT);
        batch.header = post(args, batch.debits, batch.credits);
        LeafProof memory leaf = _leafProof(batch, 0);
        (p.header, p.index, p.leafProof, p.slice.leaf) = (leaf.header, 0, leaf.proof, leaf.leaf);
        (p.slice.charge, p.rowProof) = chargeOf(batch, ben.account);
    }

    function _leaves() private returns (Leaf[] memory leaves) {
        leaves = new Leaf[](10);
        for (uint256 i = 0; i < 10; ++i) {
            Leaf memory leaf = leafOf(ben, north.account, "", 10 * UNIT);
            order = Order(hub, address(vault), ben.account, 0, keccak256("spec"), 500 * UNIT, i / 2, FOREVER);
            if (i == 0) leaf.jobId = digestOf(Messages.hash(order));
            else leaf.jobId = i == 1 ? leaves[0].jobId : digestOf(Messages.hash(order));
            leaf.resultDigest = keccak256("result");
            if (i == 0) leaf.receiptDigest = _sign(leaf);
            leaves[i] = leaf;
        }
        order.nonce = 0;
    }

    function _sign(Leaf memory leaf) private returns (bytes32) {
        receipt = receiptOf(leaf);
        return digestOf(Messages.hash(receipt));
    }

    function _leafProof(Batch memory batch, uint32 index) private view returns (LeafProof memory) {
        return LeafProof(batch.header, batch.leaves[index], index, _proofOf(index));
    }

    function _root() private view returns (bytes32 top) {
        top = Merkle.root(nodes);
        for (uint256 d = Merkle.depth(nodes.length); d < Merkle.depth(LEAVES); ++d) {
            top = Merkle.node(top, _beside(d));
        }
    }

    function _proofOf(uint256 index) private view returns (bytes32[] memory proof) {
        bytes32[] memory own = Proofs.proofOf(nodes, index);
        proof = new bytes32[](Merkle.depth(LEAVES));
        for (uint256 d = 0; d < proof.length; ++d) {
            proof[d] = d < own.length ? own[d] : _beside(d);
        }
    }

    /// @dev The other leaves count by the roots of their subtrees alone, beside the one of the real leaves.
    function _beside(uint256 level) private pure returns (bytes32) {
        return keccak256(abi.encode(level));
    }

    function _revealed(Batch memory batch, uint32 from, uint32 to)
        private
        view
        returns (IStatements.Revealed[] memory all)
    {
        all = new IStatements.Revealed[](to - from);
        for (uint32 i = from; i < to; ++i) {
            all[i - from] = IStatements.Revealed(batch.leaves[i], i, _proofOf(i));
        }
    }
}
