// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChallenge} from "../interfaces/IChallenge.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Header, Headers} from "../libraries/Header.sol";
import {Leaf, Leaves} from "../libraries/Leaf.sol";
import {Merkle} from "../libraries/Merkle.sol";
import {Rows} from "../libraries/Rows.sol";
import {Params, Schedule} from "../libraries/Schedule.sol";
import {Charge} from "../libraries/Subject.sol";

/// @title What challenges prove: that a header was posted, and that leaves and rows are in it
abstract contract Evidence is IChallenge {
    ISettlement public immutable settlement;
    IServices public immutable services;
    uint256 internal immutable EPOCH;
    uint256 internal immutable POST;
    uint256 internal immutable WINDOW;
    uint256 internal immutable ANSWER;
    uint256 internal immutable SPAN;
    uint256 private immutable FEE_BPS;

    constructor(ISettlement settlement_, IServices services_) {
        // The settlement was made first, with the address that this contract would get.
        if (!settlement_.isChallenge(address(this))) revert NotFixed(address(settlement_), address(this));
        (settlement, services) = (settlement_, services_);
        Params memory p = settlement_.params();
        (EPOCH, POST, WINDOW, ANSWER, FEE_BPS) = (p.epoch, p.post, p.window, p.answer, p.feeBps);
        SPAN = Schedule.settleSpan(p);
    }

    function _checkHeader(Header calldata header) internal view returns (bytes31 headerHash) {
        headerHash = Headers.hashOf(header);
        if (settlement.headerHashOf(header.hub, header.vault, header.epoch, header.part) != headerHash) {
            revert UnknownHeader(headerHash);
        }
    }

    function _checkNotVoid(Header calldata header, bytes31 headerHash) internal view {
        if (settlement.isVoid(header.hub, header.vault, header.epoch, header.part)) revert PartIsVoid(headerHash);
    }

    function _checkLeaf(Header calldata header, Leaf calldata leaf, uint32 index, bytes32[] calldata proof)
        internal
        pure
        returns (bytes32 leafHash)
    {
        leafHash = Leaves.hash(leaf);
        if (!Merkle.verify(header.jobsRoot, leafHash, index, header.leafCount, proof)) revert WrongLeaf(index);
    }

    function _checkCharge(Header calldata header, Charge calldata charge, address customer, bytes32[] calldata proof)
        internal
        pure
    {
        if (Rows.accountOf(charge.row) != customer) revert OtherParty(customer, Rows.accountOf(charge.row));
        bytes32 leaf = Merkle.debitLeaf(charge.row, charge.taken);
        if (!Merkle.verify(header.debitRoot, leaf, charge.index, header.debitCount, proof)) {
            revert WrongDebit(charge.index);
        }
    }

    /// @dev What a leaf costs its customer: the provider's and the auditors' amounts, royalty (down) and fee (up).
    function _debitOf(Leaf calldata leaf) internal view returns (uint256) {
        // Services is fixed and only reads.
        // slither-disable-next-line calls-loop
        uint256 royaltyBps = leaf.service == 0 ? 0 : services.royaltyBpsOf(leaf.service);
        uint256 base = uint256(leaf.providerAmount) + leaf.auditAmount;
        base += leaf.providerAmount * royaltyBps / Schedule.BPS;
        return base + (base * FEE_BPS + Schedule.BPS - 1) / Schedule.BPS;
    }

    /// @dev What a case about a leaf costs its hub as a penalty: what was charged, at least what can come back.
    function _penaltyOf(Leaf calldata leaf, Charge calldata charge) internal view returns (uint96) {
        uint256 debit = _debitOf(leaf);
        uint96 row = Rows.amountOf(charge.row);
        // Below the row.
        // forge-lint: disable-next-line(unsafe-typecast)
        return debit < row ? uint96(debit) : row;
    }
}
