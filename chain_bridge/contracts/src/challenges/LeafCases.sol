// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Slice, SliceProof} from "../interfaces/IChallenge.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStatements} from "../interfaces/IStatements.sol";
import {Header} from "../libraries/Header.sol";
import {Kind, Subject, Subjects} from "../libraries/Subject.sol";
import {Cases} from "./Cases.sol";

/// @title Cases about one leaf
/// @notice A leaf can be challenged within the window of its part, or of the statement that revealed it.
abstract contract LeafCases is Cases {
    IStatements public immutable statements;

    constructor(ISettlement settlement_, IServices services_, IStatements statements_, uint96 leafFee_)
        Cases(settlement_, services_, leafFee_)
    {
        statements = statements_;
    }

    /// @dev Checks everything that a case about a leaf rests on, and returns its subject.
    function _subjectOf(Kind kind, SliceProof calldata p) internal view returns (Subject memory subject) {
        bytes31 headerHash = _checkHeader(p.header);
        _checkLeaf(p.header, p.slice.leaf, p.index, p.leafProof);
        _checkCharge(p.header, p.slice.charge, p.slice.leaf.customer, p.rowProof);
        _checkNotVoid(p.header, headerHash);
        subject = Subjects.make(kind, p.header, headerHash, p.index, _contentOf(p.slice));
        if (_isStruck(subject)) revert AlreadyStruck(headerHash, p.index);
    }

    function _checkWindow(Header calldata header, bytes31 headerHash, address customer) internal view {
        uint256 until = uint256(header.postedAt) + WINDOW;
        uint256 revealed = statements.revealWindowOf(headerHash, customer);
        if (revealed > until) until = revealed;
        if (block.timestamp > until) revert TooLate(until, block.timestamp);
    }

    function _isStruck(Subject memory leaf) internal view returns (bool) {
        return settlement.isStruck(leaf.hub, leaf.vault, leaf.epoch, leaf.part, leaf.index);
    }

    function _checkContent(Subject calldata subject, Slice calldata slice, Kind kind) internal pure {
        if (subject.kind != kind) revert WrongKind(subject.kind, kind);
        bytes32 content = _contentOf(slice);
        if (content != subject.content) revert WrongContent(content, subject.content);
    }

    function _contentOf(Slice calldata slice) internal pure returns (bytes32) {
        return keccak256(abi.encode(slice));
    }
}
