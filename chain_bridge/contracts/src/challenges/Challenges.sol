// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {LeafProof, Slice, SliceProof} from "../interfaces/IChallenge.sol";
import {IChallenges} from "../interfaces/IChallenges.sol";
import {ICreditLines} from "../interfaces/ICreditLines.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStatements} from "../interfaces/IStatements.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Messages, Order, Receipt} from "../libraries/Messages.sol";
import {Kind, Subject} from "../libraries/Subject.sol";
import {Cases} from "./Cases.sol";
import {LeafCases} from "./LeafCases.sol";

/// @title Challenges
/// @notice See IChallenges.
contract Challenges is IChallenges, LeafCases {
    ICreditLines private immutable LINES;
    IProviders private immutable PROVIDERS;

    /// @param settlement_ Whose parts. @param services_ Whose royalties. @param statements_ Whose reveals open windows.
    /// @param leafFee_ Deposit for an answer.
    constructor(ISettlement settlement_, IServices services_, IStatements statements_, uint96 leafFee_)
        LeafCases(settlement_, services_, statements_, leafFee_)
    {
        LINES = ICreditLines(settlement_.lines());
        PROVIDERS = IProviders(settlement_.providers());
    }

    /// @inheritdoc IChallenges
    function proveFault(SliceProof calldata struck) external nonReentrant {
        Subject memory subject = _subjectOf(Kind.Fault, struck);
        Leaf calldata leaf = struck.slice.leaf;
        bool sound = leaf.epoch == struck.header.epoch && leaf.fromMs <= leaf.toMs && leaf.cumulative >= _debitOf(leaf);
        if (sound) revert NoFault(subject.headerHash, struck.index);
        _strikeAtOnce(struck, subject);
    }

    /// @inheritdoc IChallenges
    function proveDuplicate(SliceProof calldata struck, LeafProof calldata other) external nonReentrant {
        Subject memory subject = _subjectOf(Kind.Fault, struck);
        bytes31 otherHash = _checkHeader(other.header);
        _checkLeaf(other.header, other.leaf, other.index, other.proof);
        if (otherHash == subject.headerHash && other.index == struck.index) {
            revert NoFault(subject.headerHash, struck.index);
        }
        if (other.header.hub != subject.hub) revert OtherParty(subject.hub, other.header.hub);
        if (other.header.vault != subject.vault) revert OtherParty(subject.vault, other.header.vault);
        // The younger one is struck, of one epoch both: the hub must not choose which of them stays.
        if (other.header.epoch > subject.epoch) revert OtherIsYounger(other.header.epoch, subject.epoch);
        // What gave all money back may be charged again.
        _checkNotVoid(other.header, otherHash);
        if (!_contradict(struck.slice.leaf, other.leaf)) revert NoFault(subject.headerHash, struck.index);
        _strikeAtOnce(struck, subject);
    }

    /// @inheritdoc IChallenges
    function challengeOrder(SliceProof calldata p) external nonReentrant returns (bytes32 id) {
        Leaf calldata leaf = p.slice.leaf;
        if (msg.sender != leaf.customer) revert OtherParty(leaf.customer, msg.sender);
        if (_orderSignerOf(leaf, p.header.hub, p.header.vault) == address(0)) {
            revert NoOrderSigner(leaf.customer, leaf.epoch);
        }
        return _challenge(Kind.Order, p);
    }

    /// @inheritdoc IChallenges
    function showOrder(Subject calldata subject, Slice calldata slice, Order calldata order, bytes calldata signature)
        external
        nonReentrant
    {
        _checkContent(subject, slice, Kind.Order);
        _checkSigner(
            _checkOrder(subject, slice.leaf, order), signature, _orderSignerOf(slice.leaf, subject.hub, subject.vault)
        );
        _answered(subject);
    }

    /// @inheritdoc IChallenges
    function challengeReceipt(SliceProof calldata p) external nonReentrant returns (bytes32 id) {
        if (msg.sender != p.slice.leaf.provider) revert OtherParty(p.slice.leaf.provider, msg.sender);
        return _challenge(Kind.Receipt, p);
    }

    /// @inheritdoc IChallenges
    function showReceipt(
        Subject calldata subject,
        Slice calldata slice,
        Receipt calldata receipt,
        bytes calldata signature
    ) external nonReentrant {
        _checkContent(subject, slice, Kind.Receipt);
        _checkSigner(
            _checkReceipt(subject, slice.leaf, receipt),
            signature,
            PROVIDERS.receiptKeyOf(slice.leaf.provider, receipt.epoch)
        );
        _answered(subject);
    }

    /// @inheritdoc IChallenges
    function strike(Subject calldata subject, Slice calldata slice) external nonReentrant {
        (bytes32 id, Case memory open) = _overdue(subject);
        _checkContent(subject, slice, subject.kind);
        // What struck the leaf meanwhile has refunded it; the missing answer still costs the penalty.
        bool struck = _isStruck(subject);
        uint96 refund = struck ? 0 : settlement.strike(subject, slice.charge, open.penalty, 0);
        _lose(id, open, subject, refund);
    }

    function _challenge(Kind kind, SliceProof calldata p) private returns (bytes32 id) {
        Subject memory subject = _subjectOf(kind, p);
        _checkWindow(p.header, subject.headerHash, p.slice.leaf.customer);
        (id,) = _open(subject, block.timestamp + ANSWER, leafFee, _penaltyOf(p.slice.leaf, p.slice.charge));
    }

    function _strikeAtOnce(SliceProof calldata struck, Subject memory subject) private {
        uint256 until = uint256(struck.header.postedAt) + SPAN;
        if (block.timestamp > until) revert TooLate(until, block.timestamp);
        uint96 penalty = _penaltyOf(struck.slice.leaf, struck.slice.charge);
        (bytes32 id,) = _open(subject, block.timestamp, 0, penalty);
        uint96 refund = settlement.strike(subject, struck.slice.charge, penalty, 0);
        _lose(id, Case(msg.sender, 0, State.Open, 0, penalty), subject, refund);
    }

    function _orderSignerOf(Leaf calldata leaf, address hub, address vault) private view returns (address) {
        return LINES.orderSignerOf(leaf.customer, address(settlement), hub, vault, leaf.epoch);
    }

    /// @dev Whether two leaves of a hub and vault cannot both be true.
    function _contradict(Leaf calldata a, Leaf calldata b) private view returns (bool) {
        if (a.jobId != b.jobId) return false;
        if (a.seq == b.seq) return true;
        if (a.attempt == b.attempt) {
            uint64 from = a.fromMs > b.fromMs ? a.fromMs : b.fromMs;
            uint64 to = a.toMs < b.toMs ? a.toMs : b.toMs;
            if (from < to) return true;
        }
        (Leaf calldata first, Leaf calldata second) = a.seq < b.seq ? (a, b) : (b, a);
        return second.cumulative < first.cumulative + _debitOf(second);
    }

    /// @dev The digest of an order that covers the leaf.
    function _checkOrder(Subject calldata subject, Leaf calldata leaf, Order calldata order)
        private
        view
        returns (bytes32 digest)
    {
        digest = Messages.digest(settlement.domainSeparator(), Messages.hash(order));
        if (digest != leaf.jobId) revert OtherJob(leaf.jobId, digest);
        bool covers = order.hub == subject.hub && order.vault == subject.vault && order.customer == leaf.customer
            && order.service == leaf.service && leaf.toMs <= uint256(order.expiresAt) * 1000;
        if (!covers) revert OrderDoesNotCover(digest);
        if (leaf.cumulative > order.maxAmount) revert OrderExceeded(leaf.cumulative, order.maxAmount);
    }

    /// @dev The digest of a receipt that covers the leaf.
    function _checkReceipt(Subject calldata subject, Leaf calldata leaf, Receipt calldata receipt)
        private
        view
        returns (bytes32 digest)
    {
        digest = Messages.digest(settlement.domainSeparator(), Messages.hash(receipt));
        if (digest != leaf.receiptDigest) revert OtherReceipt(leaf.receiptDigest, digest);
        bool covers = receipt.hub == subject.hub && receipt.vault == subject.vault && receipt.customer == leaf.customer
            && receipt.jobId == leaf.jobId && receipt.attempt == leaf.attempt && receipt.epoch <= leaf.epoch
            // A key signs for its own time alone, so that one which was given up is worth nothing later.
            && receipt.toMs <= (uint256(receipt.epoch) + 1) * EPOCH * 1000 && receipt.fromMs <= leaf.fromMs
            && leaf.toMs <= receipt.toMs && leaf.providerAmount <= receipt.providerAmount
            && receipt.resultDigest == leaf.resultDigest;
        if (!covers) revert ReceiptDoesNotCover(digest);
    }

    function _answered(Subject calldata subject) private {
        (bytes32 id, Case memory open) = _answerable(subject);
        _answer(id, open, subject, subject.hub, open.deposit);
    }

    function _checkSigner(bytes32 digest, bytes calldata signature, address expected) private pure {
        address signer = ECDSA.recoverCalldata(digest, signature);
        if (signer != expected) revert WrongSigner(expected, signer);
    }
}
