// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SliceProof} from "../../src/interfaces/IChallenge.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Leaf} from "../../src/libraries/Leaf.sol";
import {Iou, Messages} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Hold, Kind, Subject} from "../../src/libraries/Subject.sol";
import {CaseFixture} from "../challenges/CaseFixture.sol";

/// @title What holds after any sequence of challenges, answers, deadlines and exits
/// @notice The hub posts honest batches and ones with a slice twice; everybody challenges whatever it can at any time.
/// At the end of every run all deadlines pass: then each case ends, and the hub's whole bond can leave.
contract CaseInvariants is CaseFixture {
    bytes[] private batches;
    uint64[] private claimed;

    function setUp() public override {
        super.setUp();
        bytes4[] memory selectors = new bytes4[](16);
        selectors[0] = this.doWait.selector;
        selectors[1] = this.doPost.selector;
        selectors[2] = this.doFinalize.selector;
        selectors[3] = this.doFinalizeRow.selector;
        selectors[4] = this.doProveDuplicate.selector;
        selectors[5] = this.doChallengeReceipt.selector;
        selectors[6] = this.doStrike.selector;
        selectors[7] = this.doDemand.selector;
        selectors[8] = this.doReveal.selector;
        selectors[9] = this.doVoid.selector;
        selectors[10] = this.doDispute.selector;
        selectors[11] = this.doConcede.selector;
        selectors[12] = this.doExpire.selector;
        selectors[13] = this.doClaim.selector;
        selectors[14] = this.doPayClaim.selector;
        selectors[15] = this.doShowCredit.selector;
        targetContract(address(this));
        targetSelector(FuzzSelector(address(this), selectors));
    }

    // Actions

    function doWait(uint8 secs) external {
        vm.warp(block.timestamp + 1 + secs % 12);
    }

    function doPost(uint8 amount, bool twice) external {
        Leaf memory a = leafOf(ann, north.account, "a", 1 + uint96(amount) * UNIT / 10);
        a.jobId = keccak256(abi.encode(batches.length));
        Leaf memory b = leafOf(ben, south.account, "b", 1 + uint96(amount) * UNIT / 20);
        if (twice) (b, b.seq) = (leafOf(ann, south.account, "", a.providerAmount), 0);
        b.jobId = a.jobId;
        if (!twice) b.jobId = keccak256(abi.encode(batches.length, "b"));
        batches.push(abi.encode(post(list(a, b))));
    }

    function doFinalize(uint256 which) external {
        Batch memory batch = _batch(which);
        settlement.finalize(batch.header, batch.credits);
    }

    function doFinalizeRow(uint256 which, bool other) external {
        Batch memory batch = _batch(which);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, (other ? south : north).account);
        settlement.finalizeRow(batch.header, credit.row, credit.index, proof);
    }

    function doProveDuplicate(uint256 which, bool second) external {
        Batch memory batch = _batch(which);
        challenges.proveDuplicate(sliceProof(batch, second ? 1 : 0), leafProof(batch, second ? 0 : 1));
    }

    function doChallengeReceipt(uint256 which, bool second) external {
        SliceProof memory p = sliceProof(_batch(which), second ? 1 : 0);
        vm.prank(p.slice.leaf.provider);
        challenges.challengeReceipt(p);
    }

    function doStrike(uint256 which, bool second) public {
        SliceProof memory p = sliceProof(_batch(which), second ? 1 : 0);
        challenges.strike(subjectOf(Kind.Receipt, p), p.slice);
    }

    function doDemand(uint256 which) external {
        demand(_batch(which), ann);
    }

    function doReveal(uint256 which) external {
        Batch memory batch = _batch(which);
        uint256 own = batch.leaves[1].customer == ann.account ? 2 : 1;
        IStatements.Revealed[] memory leaves = new IStatements.Revealed[](own);
        for (uint256 i = 0; i < own; ++i) {
            leaves[i] = ofOne(batch, i)[0];
        }
        statements.reveal(_demandOf(batch), batch.header, leaves);
    }

    function doVoid(uint256 which) public {
        Batch memory batch = _batch(which);
        statements.voidPart(_demandOf(batch), batch.header, batch.debits, batch.taken);
    }

    function doDispute(uint256 which, bool second) external {
        Batch memory batch = _batch(which);
        SliceProof memory p = sliceProof(batch, second ? 1 : 0);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, p.slice.leaf.provider);
        vm.prank(p.slice.leaf.customer);
        disputes.dispute(p, credit, proof);
    }

    function doConcede(uint256 which, bool second) external {
        SliceProof memory p = sliceProof(_batch(which), second ? 1 : 0);
        vm.prank(p.slice.leaf.provider);
        disputes.concede(subjectOf(Kind.Dispute, p), p.slice);
    }

    function doExpire(uint256 which, bool second) public {
        SliceProof memory p = sliceProof(_batch(which), second ? 1 : 0);
        disputes.expire(subjectOf(Kind.Dispute, p), p.slice);
    }

    function doClaim(uint8 back, uint8 amount, bool other) external {
        Person memory payee = other ? south : north;
        uint64 epoch = currentEpoch() - 1 - back % 3;
        Iou memory iou = Iou(hub, address(vault), epoch, payee.account, 1, 1 + uint96(amount) * UNIT);
        bytes memory signature = signatureOf(hubPerson, digestOf(Messages.hash(iou)));
        vm.prank(payee.account);
        claims.claim(iou, signature);
        claimed.push(epoch);
    }

    function doShowCredit(uint256 which, bool other) external {
        Batch memory batch = _batch(which);
        (Hold memory credit, bytes32[] memory proof) = creditOf(batch, (other ? south : north).account);
        claims.showCredit(batch.header, credit.row, credit.index, proof);
    }

    function doPayClaim(uint256 which, bool other) public {
        claims.payClaim(hub, address(vault), claimed[which % claimed.length], (other ? south : north).account);
    }

    // What holds

    function invariant_the_vault_holds_exactly_what_it_owes() public view {
        assertEq(vault.totalHeld(), token.balanceOf(address(vault)));
        address[9] memory accounts =
            [ann.account, ben.account, north.account, south.account, hub, treasury, NOBODY, address(this), anyone];
        uint256 owed = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            owed += vault.balanceOf(accounts[i]);
        }
        address[5] memory holders =
            [address(settlement), address(providers), address(statements), address(challenges), address(disputes)];
        for (uint256 i = 0; i < holders.length; ++i) {
            owed += vault.custodyOf(holders[i]);
        }
        assertEq(vault.totalHeld(), owed + vault.custodyOf(address(claims)));
    }

    function invariant_bonds_and_pots_are_always_there() public view {
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertGe(vault.custodyOf(address(settlement)), total + _pots());
    }

    function invariant_customers_never_have_more_than_they_brought_and_what_others_gave_up() public view {
        // Bonds of disputes and deposits of demands come from outside, so they are allowed for.
        uint256 brought = 1000 * UNIT + 10_000 * UNIT - token.balanceOf(ann.account);
        assertLe(vault.balanceOf(ann.account), brought);
    }

    /// @dev All deadlines pass, everything that is open is ended by whoever likes, and the hub leaves.
    function afterInvariant() public {
        vm.warp(block.timestamp + 1000);
        for (uint256 i = 0; i < batches.length; ++i) {
            _end(i);
        }
        for (uint256 i = 0; i < claimed.length; ++i) {
            _try(abi.encodeCall(this.doPayClaim, (i, false)));
            _try(abi.encodeCall(this.doPayClaim, (i, true)));
            claims.closePool(hub, address(vault), claimed[i]);
        }
        assertEq(vault.custodyOf(address(statements)) + vault.custodyOf(address(challenges)), 0, "deposits");
        assertEq(vault.custodyOf(address(disputes)) + vault.custodyOf(address(claims)), 0, "bonds of disputes");
        assertEq(providers.reservedOf(north.account, address(vault)), 0, "north's bond");
        assertEq(providers.reservedOf(south.account, address(vault)), 0, "south's bond");
        vm.warp(block.timestamp + 1000);
        settlement.releaseCover(hub, address(vault));
        assertEq(covering(), 0, "cover");
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        assertEq(vault.custodyOf(address(settlement)), total + _pots(), "escrow");
    }

    function _end(uint256 i) private {
        for (uint256 j = 0; j < 2; ++j) {
            _try(abi.encodeCall(this.doStrike, (i, j == 1)));
            _try(abi.encodeCall(this.doExpire, (i, j == 1)));
        }
        _try(abi.encodeCall(this.doVoid, (i)));
        _try(abi.encodeCall(this.doFinalize, (i)));
    }

    function _try(bytes memory call) private {
        (bool done,) = address(this).call(call);
        done;
    }

    function _pots() private view returns (uint256 sum) {
        for (uint256 i = 0; i < claimed.length; ++i) {
            bool counted = false;
            for (uint256 j = 0; j < i && !counted; ++j) {
                counted = claimed[j] == claimed[i];
            }
            if (!counted) sum += settlement.potOf(hub, address(vault), claimed[i]);
        }
    }

    function _batch(uint256 which) private view returns (Batch memory) {
        return abi.decode(batches[which % batches.length], (Batch));
    }

    function _demandOf(Batch memory batch) private pure returns (Subject memory) {
        (Charge memory charge,) = chargeOf(batch, Rows.accountOf(batch.debits[_annIn(batch)]));
        return subjectOf(Kind.Statement, batch.header, charge.index, charge.row);
    }

    function _annIn(Batch memory batch) private pure returns (uint256) {
        return Rows.accountOf(batch.debits[0]) == batch.leaves[0].customer ? 0 : 1;
    }
}
