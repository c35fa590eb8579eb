// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClaims} from "../interfaces/IClaims.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Custody} from "../libraries/Custody.sol";
import {Header} from "../libraries/Header.sol";
import {Merkle} from "../libraries/Merkle.sol";
import {Iou, Messages} from "../libraries/Messages.sol";
import {Rows} from "../libraries/Rows.sol";
import {Schedule} from "../libraries/Schedule.sol";
import {Evidence} from "./Evidence.sol";

/// @title Claims
/// @notice See IClaims.
contract Claims is IClaims, Evidence, ReentrancyGuardTransient {
    uint96 public immutable leafFee;
    uint256 private immutable VERDICT;

    mapping(bytes32 id => Claim) private _claims;

    /// @param settlement_ Whose epochs. @param services_ As in the other challenges. @param leafFee_ Deposit of a claim.
    constructor(ISettlement settlement_, IServices services_, uint96 leafFee_) Evidence(settlement_, services_) {
        leafFee = leafFee_;
        VERDICT = Schedule.verdictSpan(settlement_.params());
    }

    /// @inheritdoc IClaims
    function claim(Iou calldata iou, bytes calldata signature, uint96 wanted) external nonReentrant {
        if (msg.sender != iou.payee) revert OtherParty(iou.payee, msg.sender);
        address signer = ECDSA.recoverCalldata(iouDigest(iou), signature);
        if (signer != iou.hub) revert WrongSigner(iou.hub, signer);
        uint256 until = _until(iou.hub, iou.vault, iou.epoch);
        if (block.timestamp > until) revert TooLate(until, block.timestamp);
        bytes32 id = _id(iou.hub, iou.vault, iou.epoch, msg.sender);
        Claim memory own = _claims[id];
        if (own.state != State.None) revert ClaimExists(msg.sender, own.state);
        // What rows have paid is left in the guarantee, which other epochs' claims may need before the hub shows it.
        if (wanted > iou.cumulative) wanted = iou.cumulative;
        own.due = settlement.useGuarantee(iou.hub, iou.vault, msg.sender, wanted);
        if (own.due == 0) revert NoGuarantee(iou.hub, iou.vault, msg.sender);
        if (leafFee != 0) own.deposit = Custody.pull(IVault(iou.vault), leafFee);
        (own.state, own.missing, own.until) = (State.Open, iou.cumulative, SafeCast.toUint40(until + ANSWER));
        _claims[id] = own;
        emit Claimed(iou.hub, iou.vault, iou.epoch, msg.sender, iou.cumulative, own.due, own.until);
    }

    /// @inheritdoc IClaims
    function showCredit(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof)
        external
        nonReentrant
    {
        // Parts rise: whoever else showed a later row would shut the hub out from the earlier ones.
        if (msg.sender != header.hub) revert OtherParty(header.hub, msg.sender);
        address payee = Rows.accountOf(row);
        (bytes32 id, Claim memory own) = _openClaim(header.hub, header.vault, header.epoch, payee);
        if (block.timestamp > own.until) revert TooLate(own.until, block.timestamp);
        if (header.part < own.nextPart) revert PartNotRising(header.part, own.nextPart);
        _checkCredit(header, row, index, proof);
        uint96 before = own.due;
        _show(own, header.part, Rows.amountOf(row));
        _claims[id] = own;
        emit CreditShown(header.hub, header.vault, header.epoch, payee, header.part, own.missing);
        if (own.due != before) settlement.restoreGuarantee(header.hub, header.vault, payee, before - own.due);
        if (own.state == State.Answered) _payDeposit(header.vault, header.hub, own);
    }

    /// @inheritdoc IClaims
    function payClaim(address hub, address vault, uint64 epoch, address payee) external nonReentrant {
        (bytes32 id, Claim memory own) = _openClaim(hub, vault, epoch, payee);
        if (block.timestamp <= own.until) revert TooEarly(uint256(own.until) + 1, block.timestamp);
        _claims[id].state = State.Ended;
        emit ClaimPaid(hub, vault, epoch, payee, own.due);
        settlement.payGuarantee(hub, vault, payee, own.due);
        _payDeposit(vault, payee, own);
    }

    /// @inheritdoc IClaims
    function claimOf(address hub, address vault, uint64 epoch, address payee) external view returns (Claim memory) {
        return _claims[_id(hub, vault, epoch, payee)];
    }

    /// @inheritdoc IClaims
    function iouDigest(Iou calldata iou) public view returns (bytes32) {
        return Messages.digest(settlement.domainSeparator(), Messages.hash(iou));
    }

    function _payDeposit(address vault, address to, Claim memory own) private {
        if (own.deposit != 0) Custody.pay(IVault(vault), to, own.deposit);
    }

    /// @dev Last second to claim, once nothing of the epoch can be posted any more.
    function _until(address hub, address vault, uint64 epoch) private view returns (uint256) {
        uint256 posted = (uint256(epoch) + 1) * EPOCH + POST;
        if (block.timestamp <= posted) revert TooEarly(posted + 1, block.timestamp);
        uint256 covered = settlement.coveredUntil(hub, vault, epoch);
        // Where something was posted, the last part of it can become void until then.
        return covered == 0 ? posted + WINDOW : covered - VERDICT;
    }

    function _openClaim(address hub, address vault, uint64 epoch, address payee)
        private
        view
        returns (bytes32 id, Claim memory own)
    {
        id = _id(hub, vault, epoch, payee);
        own = _claims[id];
        if (own.state != State.Open) revert ClaimNotOpen(payee, own.state);
    }

    /// @dev Only a row that was paid counts: one that is merely posted can still become void.
    function _checkCredit(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof) private view {
        _checkHeader(header);
        if (!Merkle.verify(header.creditRoot, Merkle.creditLeaf(row), index, header.creditCount, proof)) {
            revert WrongCredit(index);
        }
        if (!settlement.isRowFinalized(header.hub, header.vault, header.epoch, header.part, index)) {
            revert CreditNotPaid(header.part, index);
        }
    }

    function _show(Claim memory own, uint32 part, uint96 amount) private pure {
        own.nextPart = part + 1;
        own.missing = own.missing > amount ? own.missing - amount : 0;
        if (own.missing < own.due) own.due = own.missing;
        if (own.due == 0) own.state = State.Answered;
    }

    function _id(address hub, address vault, uint64 epoch, address payee) private pure returns (bytes32) {
        return keccak256(abi.encode(hub, vault, epoch, payee));
    }
}
