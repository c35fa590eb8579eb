// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClaims} from "../interfaces/IClaims.sol";
import {IProviders} from "../interfaces/IProviders.sol";
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
    /// @dev Whose bond stands for which epoch.
    struct Lane {
        address hub;
        address vault;
        uint64 epoch;
    }

    uint96 public immutable leafFee;
    IProviders private immutable PROVIDERS;
    uint256 private immutable VERDICT;

    mapping(bytes32 key => Pool) private _pools;
    mapping(bytes32 key => mapping(address payee => Claim)) private _claims;

    /// @param settlement_ Whose epochs. @param services_ As in the other challenges. @param leafFee_ Deposit of a claim.
    constructor(ISettlement settlement_, IServices services_, uint96 leafFee_) Evidence(settlement_, services_) {
        leafFee = leafFee_;
        PROVIDERS = IProviders(settlement_.providers());
        if (!PROVIDERS.isChallenge(address(this))) revert NotFixed(address(PROVIDERS), address(this));
        VERDICT = Schedule.verdictSpan(settlement_.params());
    }

    /// @inheritdoc IClaims
    function claim(Iou calldata iou, bytes calldata signature) external nonReentrant {
        if (msg.sender != iou.payee) revert OtherParty(iou.payee, msg.sender);
        address signer = ECDSA.recoverCalldata(iouDigest(iou), signature);
        if (signer != iou.hub) revert WrongSigner(iou.hub, signer);
        Lane memory lane = Lane(iou.hub, iou.vault, iou.epoch);
        Pool memory pool = _poolOf(lane);
        if (block.timestamp > pool.until) revert TooLate(pool.until, block.timestamp);
        Claim memory own = _claims[_key(lane)][msg.sender];
        if (own.state != State.None) revert ClaimExists(msg.sender, own.state);
        // The same bond never carries two claims, so nobody claims more than it has at stake itself.
        own.reserved = PROVIDERS.reserve(msg.sender, iou.vault, iou.cumulative);
        if (own.reserved == 0) revert NoBond(msg.sender, iou.vault);
        if (leafFee != 0) own.deposit = Custody.pull(IVault(iou.vault), leafFee);
        (own.state, own.cumulative, own.due) = (State.Open, iou.cumulative, own.reserved);
        _claims[_key(lane)][msg.sender] = own;
        emit Claimed(lane.hub, lane.vault, lane.epoch, msg.sender, own.cumulative, own.due, pool.until);
        pool.due += own.due;
        uint256 pot = settlement.setPot(lane.hub, lane.vault, lane.epoch, pool.due);
        // What covers posts now is free by then, and flows in: otherwise a hub could hide its bond behind one.
        if (pot < pool.due) pool.rest = SafeCast.toUint40(block.timestamp + SPAN);
        _pools[_key(lane)] = pool;
    }

    /// @inheritdoc IClaims
    function showCredit(Header calldata header, bytes32 row, uint32 index, bytes32[] calldata proof)
        external
        nonReentrant
    {
        // Parts rise: whoever else showed a later row would shut the hub out from the earlier ones.
        if (msg.sender != header.hub) revert OtherParty(header.hub, msg.sender);
        Lane memory lane = Lane(header.hub, header.vault, header.epoch);
        Pool memory pool = _pools[_key(lane)];
        Claim memory own = _openClaim(lane, Rows.accountOf(row));
        uint256 until = uint256(pool.until) + ANSWER;
        if (block.timestamp > until) revert TooLate(until, block.timestamp);
        if (header.part < own.nextPart) revert PartNotRising(header.part, own.nextPart);
        _checkCredit(header, row, index, proof);
        pool.due -= own.due;
        _show(own, header.part, Rows.amountOf(row));
        _claims[_key(lane)][Rows.accountOf(row)] = own;
        emit CreditShown(lane.hub, lane.vault, lane.epoch, Rows.accountOf(row), header.part, own.due);
        pool.due += own.due;
        _pools[_key(lane)] = pool;
        // How much there is counts when the pot is shared.
        // slither-disable-next-line unused-return
        settlement.setPot(lane.hub, lane.vault, lane.epoch, pool.due);
        if (own.due == 0) _release(lane, Rows.accountOf(row), own, lane.hub);
    }

    /// @inheritdoc IClaims
    function payClaim(address hub, address vault, uint64 epoch, address payee) external nonReentrant {
        Lane memory lane = Lane(hub, vault, epoch);
        Claim memory own = _openClaim(lane, payee);
        Pool memory pool = _closedPool(lane);
        // Rounded down: the pot never pays more than it has, and nobody gets more than is due.
        uint96 amount = pool.pot < pool.due ? uint96(uint256(own.due) * pool.pot / pool.due) : own.due;
        _claims[_key(lane)][payee].state = State.Ended;
        emit ClaimPaid(hub, vault, epoch, payee, amount, own.due);
        if (amount != 0) settlement.payFromPot(hub, vault, epoch, payee, amount);
        _release(lane, payee, own, payee);
    }

    /// @inheritdoc IClaims
    function closePool(address hub, address vault, uint64 epoch) external nonReentrant {
        Lane memory lane = Lane(hub, vault, epoch);
        if (_pools[_key(lane)].until == 0) revert NoPool(hub, vault, epoch);
        _closedPool(lane);
    }

    /// @inheritdoc IClaims
    function claimOf(address hub, address vault, uint64 epoch, address payee) external view returns (Claim memory) {
        return _claims[_key(Lane(hub, vault, epoch))][payee];
    }

    /// @inheritdoc IClaims
    function poolOf(address hub, address vault, uint64 epoch) external view returns (Pool memory) {
        return _pools[_key(Lane(hub, vault, epoch))];
    }

    /// @inheritdoc IClaims
    function iouDigest(Iou calldata iou) public view returns (bytes32) {
        return Messages.digest(settlement.domainSeparator(), Messages.hash(iou));
    }

    /// @dev The pool of an epoch's claims; the first one opens it, when nothing of the epoch can be posted any more.
    function _poolOf(Lane memory lane) private returns (Pool memory pool) {
        pool = _pools[_key(lane)];
        if (pool.until != 0) return pool;
        uint256 posted = (uint256(lane.epoch) + 1) * EPOCH + POST;
        if (block.timestamp <= posted) revert TooEarly(posted + 1, block.timestamp);
        uint40 releaseAt = settlement.openPot(lane.hub, lane.vault, lane.epoch);
        // Where something was posted, the last part of it can become void until then.
        pool.until = SafeCast.toUint40(releaseAt == 0 ? posted + WINDOW : releaseAt - VERDICT);
    }

    /// @dev The pool when nobody can claim or answer any more; closes it the first time.
    function _closedPool(Lane memory lane) private returns (Pool memory pool) {
        pool = _pools[_key(lane)];
        if (pool.closed) return pool;
        uint256 until = uint256(pool.until) + ANSWER;
        if (pool.rest > until) until = pool.rest;
        if (block.timestamp <= until) revert TooEarly(until + 1, block.timestamp);
        (pool.pot, pool.closed) = (settlement.closePot(lane.hub, lane.vault, lane.epoch, pool.due), true);
        _pools[_key(lane)] = pool;
        emit PoolClosed(lane.hub, lane.vault, lane.epoch, pool.pot, pool.due);
    }

    /// @dev Frees the payee's own bond, and pays the deposit to whom it is due.
    function _release(Lane memory lane, address payee, Claim memory own, address depositor) private {
        PROVIDERS.unreserve(payee, lane.vault, own.reserved);
        if (own.deposit != 0) Custody.pay(IVault(lane.vault), depositor, own.deposit);
    }

    function _openClaim(Lane memory lane, address payee) private view returns (Claim memory own) {
        own = _claims[_key(lane)][payee];
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
        own.shown += amount;
        uint256 missing = own.cumulative > own.shown ? own.cumulative - own.shown : 0;
        // Below what was due.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (missing < own.due) own.due = uint96(missing);
        if (own.due == 0) own.state = State.Answered;
    }

    function _key(Lane memory lane) private pure returns (bytes32) {
        return keccak256(abi.encode(lane));
    }
}
