// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "../challenges/CaseFixture.sol";

/// @title What everybody may do about batches, in any order and at any time
abstract contract CaseActions is CaseFixture {
    bytes[] internal batches;
    uint64[] internal claimed;
    mapping(address customer => uint256) internal taken;
    Person internal friend;

    /// @notice The first thing that happened and must not; empty when nothing did.
    string public violation;

    /// @dev Nobody but a customer that is charged ever has less in the vault than before.
    modifier takesFromNoPayee() {
        address[6] memory payees = [north.account, south.account, friend.account, hub, treasury, NOBODY];
        uint256[6] memory before;
        for (uint256 i = 0; i < 6; ++i) {
            before[i] = vault.balanceOf(payees[i]);
        }
        _;
        for (uint256 i = 0; i < 6; ++i) {
            if (vault.balanceOf(payees[i]) < before[i]) violation = "somebody was paid from a payee's balance";
        }
    }

    function setUp() public virtual override {
        super.setUp();
        friend = person("friend of the hub");
        register(friend, friend.account, 500 * UNIT);
        giveTokens(friend.account);
    }

    function doWait(uint8 secs) external {
        vm.warp(block.timestamp + 1 + secs % 12);
    }

    // Payees are paid

    function doPost(uint8 amount) external takesFromNoPayee {
        (Leaf memory a, Leaf memory b) = leavesOf(amount);
        keep(post(list(a, b)));
    }

    function doFinalize(uint256 which) public takesFromNoPayee {
        Batch memory batch = batchOf(which);
        settlement.finalize(batch.header, batch.credits);
    }

    function doFinalizeRow(uint256 which, uint8 who) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, payeeOf(who).account);
        settlement.finalizeRow(batch.header, credit.row, credit.index, proof);
    }

    // Challenges

    function doProveDuplicate(uint256 which, bool second) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        challenges.proveDuplicate(sliceProof(batch, second ? 1 : 0), leafProof(batch, second ? 0 : 1));
    }

    function doProveFault(uint256 which, bool second) external takesFromNoPayee {
        challenges.proveFault(sliceProof(batchOf(which), second ? 1 : 0));
    }

    function doChallengeReceipt(uint256 which, bool second) external takesFromNoPayee {
        SliceProof memory p = sliceProof(batchOf(which), second ? 1 : 0);
        vm.prank(p.slice.leaf.provider);
        challenges.challengeReceipt(p);
    }

    function doStrike(uint256 which, bool second) public takesFromNoPayee {
        SliceProof memory p = sliceProof(batchOf(which), second ? 1 : 0);
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
    }

    function doDemand(uint256 which) external takesFromNoPayee {
        demand(batchOf(which), ann);
    }

    function doReveal(uint256 which) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        uint256 own = batch.leaves[1].customer == ann.account ? 2 : 1;
        IStatements.Revealed[] memory leaves = new IStatements.Revealed[](own);
        for (uint256 i = 0; i < own; ++i) {
            leaves[i] = ofOne(batch, i)[0];
        }
        vm.prank(hub);
        statements.reveal(demandOf(batch), batch.header, leaves);
    }

    function doVoid(uint256 which) public takesFromNoPayee {
        Batch memory batch = batchOf(which);
        statements.voidPart(demandOf(batch), batch.header, batch.debits, batch.taken);
    }

    function doDispute(uint256 which, bool second) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        SliceProof memory p = sliceProof(batch, second ? 1 : 0);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, p.slice.leaf.provider);
        vm.prank(p.slice.leaf.customer);
        disputes.dispute(p, credit, proof);
    }

    function doConcede(uint256 which, bool second) external takesFromNoPayee {
        SliceProof memory p = sliceProof(batchOf(which), second ? 1 : 0);
        vm.prank(p.slice.leaf.provider);
        disputes.concede(subjectOf(Kind.Dispute, p), p.slice);
    }

    function doExpire(uint256 which, bool second) public takesFromNoPayee {
        SliceProof memory p = sliceProof(batchOf(which), second ? 1 : 0);
        disputes.expire(subjectOf(Kind.Dispute, p), p.slice);
    }

    function doCollect(uint256 which, bool second, bool receipt) public takesFromNoPayee {
        SliceProof memory p = sliceProof(batchOf(which), second ? 1 : 0);
        challenges.collect(subjectOf(receipt ? Kind.Receipt : Kind.Fault, p));
    }

    function doCollectVoid(uint256 which) public takesFromNoPayee {
        statements.collect(demandOf(batchOf(which)));
    }

    // Claims

    /// @dev The hub signs whatever its payees, or its friend, want to have.
    function doClaim(uint8 back, uint8 amount, uint8 who) external takesFromNoPayee {
        uint64 epoch = currentEpoch() - 1 - back % 3;
        claim(payeeOf(who), epoch, 1 + uint96(amount) * UNIT);
        claimed.push(epoch);
    }

    function doShowCredit(uint256 which, uint8 who) external takesFromNoPayee {
        Batch memory batch = batchOf(which);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, payeeOf(who).account);
        vm.prank(hub);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }

    function doPayClaim(uint256 which, uint8 who) public takesFromNoPayee {
        claims.payClaim(hub, address(vault), claimed[which % claimed.length], payeeOf(who).account);
    }

    // Batches

    /// @dev Two slices in this epoch, of two customers and two providers.
    function leavesOf(uint8 amount) internal view returns (Leaf memory a, Leaf memory b) {
        a = leafOf(ann, north.account, "", 1 + uint96(amount) * UNIT / 10);
        b = leafOf(ben, south.account, "", 1 + uint96(amount) * UNIT / 20);
        (a.jobId, b.jobId) = (keccak256(abi.encode(batches.length)), keccak256(abi.encode(batches.length, "b")));
    }

    function keep(Batch memory batch) internal {
        batches.push(abi.encode(batch));
        for (uint256 i = 0; i < batch.taken.length; ++i) {
            taken[Rows.accountOf(batch.taken[i])] += Rows.amountOf(batch.taken[i]);
        }
    }

    /// @dev Numbers beyond the list mean one of the last three, about which most can still be done.
    function batchOf(uint256 which) internal view returns (Batch memory) {
        if (which >= batches.length) which = batches.length - 1 - which % (batches.length < 3 ? batches.length : 3);
        return abi.decode(batches[which], (Batch));
    }

    function payeeOf(uint8 who) internal view returns (Person memory) {
        if (who % 3 == 0) return north;
        return who % 3 == 1 ? south : friend;
    }

    function demandOf(Batch memory batch) internal pure returns (Subject memory) {
        (Charge memory charge,) = chargeOf(batch, batch.leaves[0].customer);
        return subjectOf(Kind.Statement, batch.header, charge.index, charge.row);
    }
}
