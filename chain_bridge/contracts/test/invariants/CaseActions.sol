// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {BatchActions} from "./BatchActions.sol";

/// @title What everybody may do about batches, in any order and at any time
abstract contract CaseActions is BatchActions {
    /// @dev A case was opened about a leaf of a batch, or about its customer's row.
    struct Opened {
        uint256 batch;
        uint256 leaf;
    }

    mapping(Kind => Opened[]) internal opened;
    mapping(address provider => uint256) internal conceded;
    mapping(address customer => uint256) internal rewarded;

    /// @dev Customers gain at most a tenth of what their hub loses, and it is remembered.
    modifier rewarding() {
        (uint256 bond,,,) = settlement.bondOf(hub, address(vault));
        (uint256 anns, uint256 bens) = (vault.balanceOf(ann.account), vault.balanceOf(ben.account));
        _;
        (uint256 left,,,) = settlement.bondOf(hub, address(vault));
        (anns, bens) = (vault.balanceOf(ann.account) - anns, vault.balanceOf(ben.account) - bens);
        if (anns + bens > (bond - left) / 10) violated("a challenger got more than a tenth of a penalty");
        rewarded[ann.account] += anns;
        rewarded[ben.account] += bens;
    }

    // Challenges

    function doProveDuplicate(uint256 which, uint256 leaf, uint256 other) external takesFromNoPayee {
        (Batch memory batch, SliceProof memory p) = sliceOf(which, leaf);
        challenges.proveDuplicate(p, leafProof(batch, other % batch.leaves.length));
        remember(Kind.Fault, which, p.index);
    }

    function doProveFault(uint256 which, uint256 leaf) external takesFromNoPayee {
        (, SliceProof memory p) = sliceOf(which, leaf);
        challenges.proveFault(p);
        remember(Kind.Fault, which, p.index);
    }

    function doChallengeOrder(uint256 which, uint256 leaf) external takesFromNoPayee {
        (, SliceProof memory p) = sliceOf(which, leaf);
        vm.prank(p.slice.leaf.customer);
        challenges.challengeOrder(p);
        remember(Kind.Order, which, p.index);
    }

    function doShowOrder(uint256 number) external takesFromNoPayee {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Order, number);
        showOrder(batch, leaf);
    }

    function doChallengeReceipt(uint256 which, uint256 leaf) external takesFromNoPayee {
        (, SliceProof memory p) = sliceOf(which, leaf);
        vm.prank(p.slice.leaf.provider);
        challenges.challengeReceipt(p);
        remember(Kind.Receipt, which, p.index);
    }

    function doShowReceipt(uint256 number) external takesFromNoPayee {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Receipt, number);
        showReceipt(batch, leaf);
    }

    function doStrike(uint256 number, bool ofOrder) public takesFromNoPayee {
        (Subject memory subject, SliceProof memory p) = caseAt(ofOrder ? Kind.Order : Kind.Receipt, number);
        challenges.strike(subject, p.slice);
    }

    function doCollect(uint256 number, uint8 kind) public takesFromNoPayee rewarding {
        Kind[3] memory kinds = [Kind.Order, Kind.Receipt, Kind.Fault];
        (Subject memory subject,) = caseAt(kinds[kind % 3], number);
        challenges.collect(subject);
    }

    // Statements

    function doDemand(uint256 which, uint256 leaf) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        leaf %= batch.leaves.length;
        demand(batch, batch.leaves[leaf].customer == ann.account ? ann : ben);
        remember(Kind.Statement, which, leaf);
    }

    function doReveal(uint256 number, uint8 first, uint8 count) external takesFromNoPayee {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        uint256 length = batch.leaves.length;
        reveal(batch, leaf, first % length, 1 + count % length, hub);
    }

    function doRevealForTheHub(uint256 number, uint8 who) external {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        reveal(batch, leaf, leaf, 1, payeeOf(who).account);
        violated("somebody else answered a demand for the hub");
    }

    function doVoid(uint256 number) public takesFromNoPayee {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        statements.voidPart(demandOf(batch, leaf), batch.header, batch.debits, batch.taken);
    }

    function doLapse(uint256 number) public takesFromNoPayee {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        statements.lapse(demandOf(batch, leaf));
    }

    function doCollectVoid(uint256 number) public takesFromNoPayee rewarding {
        (Batch memory batch, uint256 leaf) = openedAt(Kind.Statement, number);
        statements.collect(demandOf(batch, leaf));
    }

    // Disputes

    function doDispute(uint256 which, uint256 leaf) external takesFromNoPayee {
        (Batch memory batch, SliceProof memory p) = sliceOf(which, leaf);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, p.slice.leaf.provider);
        vm.prank(p.slice.leaf.customer);
        disputes.dispute(p, credit, proof);
        remember(Kind.Dispute, which, p.index);
    }

    function doConcede(uint256 number) external takesFromNoPayee {
        (Subject memory subject, SliceProof memory p) = caseAt(Kind.Dispute, number);
        (Hold memory held,) = disputes.holdOf(idOf(subject));
        vm.prank(p.slice.leaf.provider);
        disputes.concede(subject, p.slice);
        conceded[p.slice.leaf.provider] += held.amount;
    }

    /// @dev It is the hub's own money: a customer may have it besides what something else gives back.
    function doConcedeByHub(uint256 number) external takesFromNoPayee {
        (Subject memory subject, SliceProof memory p) = caseAt(Kind.Dispute, number);
        uint256 before = token.balanceOf(hub);
        vm.prank(hub);
        disputes.concedeByHub(subject, p.slice);
        rewarded[p.slice.leaf.customer] += before - token.balanceOf(hub);
    }

    function doExpire(uint256 number) public takesFromNoPayee {
        (Subject memory subject, SliceProof memory p) = caseAt(Kind.Dispute, number);
        disputes.expire(subject, p.slice);
    }

    // What the actions are about

    /// @dev The leaves of the customer of one of them, among `count` from `first` on.
    function reveal(Batch memory batch, uint256 leaf, uint256 first, uint256 count, address by) internal {
        uint256 end = first + count < batch.leaves.length ? first + count : batch.leaves.length;
        uint256 own = 0;
        IStatements.Revealed[] memory leaves = new IStatements.Revealed[](end - first);
        for (uint256 i = first; i < end; ++i) {
            if (batch.leaves[i].customer == batch.leaves[leaf].customer) leaves[own++] = ofOne(batch, i)[0];
        }
        assembly ("memory-safe") {
            mstore(leaves, own)
        }
        Subject memory subject = demandOf(batch, leaf);
        vm.prank(by);
        statements.reveal(subject, batch.header, leaves);
    }

    function sliceOf(uint256 which, uint256 leaf) internal view returns (Batch memory batch, SliceProof memory p) {
        batch = batchOf(which);
        p = sliceProof(batch, leaf % batch.leaves.length);
    }

    function remember(Kind kind, uint256 which, uint256 leaf) internal {
        opened[kind].push(Opened(pick(which, batches.length), leaf));
    }

    function openedAt(Kind kind, uint256 number) internal view returns (Batch memory batch, uint256 leaf) {
        Opened memory one = opened[kind][pick(number, opened[kind].length)];
        return (batchOf(one.batch), one.leaf);
    }

    /// @dev A case about a leaf.
    function caseAt(Kind kind, uint256 number) internal view returns (Subject memory subject, SliceProof memory p) {
        (Batch memory batch, uint256 leaf) = openedAt(kind, number);
        p = sliceProof(batch, leaf);
        subject = subjectOf(kind, p);
    }

    /// @dev The demand of the customer of a leaf.
    function demandOf(Batch memory batch, uint256 leaf) internal pure returns (Subject memory) {
        (Charge memory charge,) = chargeOf(batch, batch.leaves[leaf].customer);
        return subjectOf(Kind.Statement, batch.header, charge.index, charge.row);
    }
}
