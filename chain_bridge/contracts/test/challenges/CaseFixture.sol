// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge, LeafProof, Slice, SliceProof} from "../../src/interfaces/IChallenge.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IStatements} from "../../src/interfaces/IStatements.sol";
import {Header, Headers} from "../../src/libraries/Header.sol";
import {Leaf, Leaves} from "../../src/libraries/Leaf.sol";
import {Merkle} from "../../src/libraries/Merkle.sol";
import {Iou, Messages, Receipt as SignedReceipt} from "../../src/libraries/Messages.sol";
import {Rows} from "../../src/libraries/Rows.sol";
import {Charge, Hold, Kind, Subject, Subjects} from "../../src/libraries/Subject.sol";
import {Proofs} from "../Proofs.sol";
import {Solvency} from "./Solvency.sol";

/// @title A small market whose batches have real leaves, and proofs of everything in them
abstract contract CaseFixture is Solvency {
    /// @dev A posted part and all that its file holds.
    struct Batch {
        Header header;
        Leaf[] leaves;
        bytes32[] debits;
        bytes32[] taken;
        bytes32[] credits;
    }

    Person internal ann;
    Person internal ben;
    Person internal signer;
    Person internal north;
    Person internal south;
    Person internal northKey;
    Person internal hubPerson;

    function setUp() public virtual override {
        super.setUp();
        (ann, ben) = (customer("ann", 1000 * UNIT, 400 * UNIT), person("ben"));
        (signer, north, south) = (person("order signer"), person("north"), person("south"));
        (northKey, hubPerson) = (person("north's receipt key"), person("hub"));
        fund(ben.account, 1000 * UNIT);
        openLine(ben, 400 * UNIT, signer.account);
        register(north, northKey.account, 500 * UNIT);
        register(south, south.account, 500 * UNIT);
        Person[5] memory all = [ann, ben, north, south, hubPerson];
        for (uint256 i = 0; i < all.length; ++i) {
            giveTokens(all[i].account);
        }
        giveTokens(anyone);
    }

    function giveTokens(address account) internal {
        token.mint(account, 10_000 * UNIT);
        address[4] memory spenders = [address(statements), address(challenges), address(disputes), address(claims)];
        for (uint256 i = 0; i < spenders.length; ++i) {
            vm.prank(account);
            token.approve(spenders[i], type(uint256).max);
        }
    }

    function register(Person memory who, address key, uint256 bond) internal {
        token.mint(who.account, bond);
        vm.startPrank(who.account);
        token.approve(address(providers), bond);
        providers.register(address(vault), bond, key);
        vm.stopPrank();
    }

    // Leaves

    /// @dev A slice of a job in this epoch that costs `amount` and the fee.
    function leafOf(Person memory who, address provider, string memory job, uint96 amount)
        internal
        view
        returns (Leaf memory leaf)
    {
        leaf.epoch = currentEpoch();
        leaf.jobId = keccak256(bytes(job));
        (leaf.fromMs, leaf.toMs) = (leaf.epoch * uint64(E) * 1000, leaf.epoch * uint64(E) * 1000 + 5000);
        (leaf.customer, leaf.provider, leaf.providerAmount) = (who.account, provider, amount);
        leaf.cumulative = debitOf(leaf);
    }

    /// @dev What a provider signs for a leaf.
    function receiptOf(Leaf memory leaf) internal view returns (SignedReceipt memory) {
        return SignedReceipt({
            hub: hub,
            vault: address(vault),
            customer: leaf.customer,
            jobId: leaf.jobId,
            attempt: leaf.attempt,
            epoch: leaf.epoch,
            seq: 9,
            fromMs: leaf.fromMs,
            toMs: leaf.toMs,
            gpuMilliseconds: 5000,
            providerAmount: leaf.providerAmount,
            outcome: 1,
            resultDigest: leaf.resultDigest
        });
    }

    function debitOf(Leaf memory leaf) internal view returns (uint96) {
        uint96 royalty = leaf.service == 0 ? 0 : leaf.providerAmount * services.royaltyBpsOf(leaf.service) / 10_000;
        return withFee(leaf.providerAmount + leaf.auditAmount + royalty);
    }

    function list(Leaf memory a) internal pure returns (Leaf[] memory all) {
        all = new Leaf[](1);
        all[0] = a;
    }

    function list(Leaf memory a, Leaf memory b) internal pure returns (Leaf[] memory all) {
        all = new Leaf[](2);
        (all[0], all[1]) = (a, b);
    }

    // Batches

    /// @dev Posts the honest batch of leaves of this epoch, of at most two customers and two providers.
    function post(Leaf[] memory leaves) internal returns (Batch memory batch) {
        return post(leaves, totals(leaves, true), totals(leaves, false));
    }

    /// @dev Posts leaves with other rows than theirs.
    function post(Leaf[] memory leaves, bytes32[] memory debits, bytes32[] memory credits)
        internal
        returns (Batch memory)
    {
        return post(leaves, debits, credits, endEpoch(), 0, 1);
    }

    function post(
        Leaf[] memory leaves,
        bytes32[] memory debits,
        bytes32[] memory credits,
        uint64 epoch,
        uint32 part,
        uint32 parts
    ) internal returns (Batch memory batch) {
        (batch.leaves, batch.debits, batch.credits) = (leaves, debits, credits);
        batch.taken = new bytes32[](debits.length);
        ISettlement.PostArgs memory args = argsOf(epoch, part, parts);
        args.jobsRoot = Merkle.root(nodesOf(leaves));
        args.leafCount = uint32(leaves.length);
        for (uint256 i = 0; i < debits.length; ++i) {
            batch.taken[i] = bytes32(vault.balanceOf(Rows.accountOf(debits[i])));
        }
        batch.header = post(args, debits, credits);
        for (uint256 i = 0; i < debits.length; ++i) {
            uint256 taken = uint256(batch.taken[i]) - vault.balanceOf(Rows.accountOf(debits[i]));
            batch.taken[i] = Rows.withAmount(debits[i], uint96(taken));
        }
    }

    function finalize(Batch memory batch) internal {
        passWindow(batch.header);
        settlement.finalize(batch.header, batch.credits);
    }

    /// @dev Rows of what leaves charge or credit, per account.
    function totals(Leaf[] memory leaves, bool charged) internal view returns (bytes32[] memory rows_) {
        rows_ = new bytes32[](leaves.length);
        uint256 count = 0;
        for (uint256 i = 0; i < leaves.length; ++i) {
            address account = charged ? leaves[i].customer : leaves[i].provider;
            uint96 amount = charged ? debitOf(leaves[i]) : leaves[i].providerAmount;
            uint256 j = 0;
            while (j < count && Rows.accountOf(rows_[j]) != account) ++j;
            if (j == count) rows_[count++] = Rows.pack(account, 0);
            rows_[j] = Rows.withAmount(rows_[j], Rows.amountOf(rows_[j]) + amount);
        }
        assembly ("memory-safe") {
            mstore(rows_, count)
        }
        sorted(rows_);
    }

    // Proofs

    function nodesOf(Leaf[] memory leaves) internal pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            nodes[i] = Leaves.hash(leaves[i]);
        }
    }

    function leafProof(Batch memory batch, uint256 index) internal pure returns (LeafProof memory p) {
        (p.header, p.leaf, p.index) = (batch.header, batch.leaves[index], uint32(index));
        p.proof = Proofs.proofOf(nodesOf(batch.leaves), index);
    }

    function chargeOf(Batch memory batch, address account)
        internal
        pure
        returns (Charge memory charge, bytes32[] memory proof)
    {
        bytes32[] memory nodes = new bytes32[](batch.debits.length);
        for (uint32 i = 0; i < nodes.length; ++i) {
            uint96 taken = Rows.amountOf(batch.taken[i]);
            nodes[i] = Merkle.debitLeaf(batch.debits[i], taken);
            if (Rows.accountOf(batch.debits[i]) == account) charge = Charge(batch.debits[i], taken, i);
        }
        proof = Proofs.proofOf(nodes, charge.index);
    }

    function sliceProof(Batch memory batch, uint256 index) internal pure returns (SliceProof memory p) {
        LeafProof memory leaf = leafProof(batch, index);
        (p.header, p.index, p.leafProof, p.slice.leaf) = (leaf.header, leaf.index, leaf.proof, leaf.leaf);
        (p.slice.charge, p.rowProof) = chargeOf(batch, leaf.leaf.customer);
    }

    function creditOf(Batch memory batch, address account)
        internal
        pure
        returns (Hold memory credit, bytes32[] memory proof)
    {
        for (uint32 i = 0; i < batch.credits.length; ++i) {
            if (Rows.accountOf(batch.credits[i]) == account) credit = Hold(batch.credits[i], i, 0);
        }
        proof = Proofs.creditProof(batch.credits, credit.index);
    }

    /// @dev What was taken from a customer.
    function paidBy(Batch memory batch, Person memory who) internal pure returns (uint96) {
        (Charge memory charge,) = chargeOf(batch, who.account);
        return charge.taken;
    }

    // Demands

    function demand(Batch memory batch, Person memory who) internal returns (Subject memory subject) {
        (Charge memory charge, bytes32[] memory proof) = chargeOf(batch, who.account);
        subject = subjectOf(Kind.Statement, batch.header, charge.index, charge.row);
        vm.prank(who.account);
        assertEq(statements.demand(batch.header, charge, proof), idOf(subject));
    }

    function ofOne(Batch memory batch, uint256 index) internal pure returns (IStatements.Revealed[] memory all) {
        LeafProof memory p = leafProof(batch, index);
        all = new IStatements.Revealed[](1);
        all[0] = IStatements.Revealed(p.leaf, p.index, p.proof);
    }

    // Claims

    /// @dev The hub raises what it sets aside of its bond for a payee.
    function guarantee(Person memory payee, uint256 total) internal {
        vm.prank(hub);
        settlement.guarantee(address(vault), payee.account, total);
    }

    function guaranteed(Person memory payee) internal view returns (uint256 amount) {
        (amount,,) = settlement.guaranteeOf(hub, address(vault), payee.account);
    }

    /// @dev The last second in which a claim can be answered.
    function answerUntil(uint64 epoch, Person memory payee) internal view returns (uint256) {
        return claims.claimOf(hub, address(vault), epoch, payee.account).until;
    }

    function iouOf(Person memory payee, uint64 epoch, uint96 amount)
        internal
        view
        returns (Iou memory iou, bytes memory signature)
    {
        iou = Iou(hub, address(vault), epoch, payee.account, 1, amount);
        signature = signatureOf(hubPerson, digestOf(Messages.hash(iou)));
    }

    function claim(Person memory payee, uint64 epoch, uint96 amount) internal {
        claim(payee, epoch, amount, amount);
    }

    /// @dev Claims a part of what an IOU says.
    function claim(Person memory payee, uint64 epoch, uint96 amount, uint96 wanted) internal {
        (Iou memory iou, bytes memory signature) = iouOf(payee, epoch, amount);
        vm.prank(payee.account);
        claims.claim(iou, signature, wanted);
    }

    // Subjects

    function subjectOf(Kind kind, SliceProof memory p) internal pure returns (Subject memory) {
        return subjectOf(kind, p.header, p.index, keccak256(abi.encode(p.slice)));
    }

    function subjectOf(Kind kind, Header memory header, uint32 index, bytes32 content)
        internal
        pure
        returns (Subject memory)
    {
        bytes31 hash = Headers.hash(header);
        return Subject(kind, header.hub, header.vault, header.epoch, header.part, hash, index, content);
    }

    function idOf(Subject memory subject) internal pure returns (bytes32) {
        return Subjects.id(subject);
    }

    function signatureOf(Person memory who, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(who.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function penalties() internal view returns (uint256) {
        return settlement.penaltiesOf(hub, address(vault));
    }

    function covering() internal view returns (uint256 amount) {
        (, amount,,) = settlement.bondOf(hub, address(vault));
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        return Messages.digest(settlement.domainSeparator(), structHash);
    }
}
