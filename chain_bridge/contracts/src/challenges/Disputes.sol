// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Slice, SliceProof} from "../interfaces/IChallenge.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {IProviders} from "../interfaces/IProviders.sol";
import {IServices} from "../interfaces/IServices.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStatements} from "../interfaces/IStatements.sol";
import {IVault} from "../interfaces/IVault.sol";
import {Custody} from "../libraries/Custody.sol";
import {Header} from "../libraries/Header.sol";
import {Leaf} from "../libraries/Leaf.sol";
import {Merkle} from "../libraries/Merkle.sol";
import {Rows} from "../libraries/Rows.sol";
import {Schedule} from "../libraries/Schedule.sol";
import {Hold, Kind, Subject} from "../libraries/Subject.sol";
import {LeafCases} from "./LeafCases.sol";

/// @title Disputes
/// @notice See IDisputes.
contract Disputes is IDisputes, LeafCases {
    uint256 private constant BOND_PART = 10;

    address public immutable court;
    IProviders private immutable PROVIDERS;
    uint256 private immutable HARD_DEADLINE;

    mapping(bytes32 id => Hold) private _holds;
    mapping(bytes32 id => uint96) private _reserved;

    /// @param settlement_ Whose parts. @param services_ Whose royalties. @param statements_ Whose reveals open windows.
    /// @param leafFee_ Least bond of a dispute. @param court_ Whose verdicts count; zero while there is none.
    constructor(ISettlement settlement_, IServices services_, IStatements statements_, uint96 leafFee_, address court_)
        LeafCases(settlement_, services_, statements_, leafFee_)
    {
        HARD_DEADLINE = Schedule.verdictSpan(settlement_.params());
        PROVIDERS = IProviders(settlement_.providers());
        if (PROVIDERS.disputes() != address(this)) revert NotFixed(address(PROVIDERS), address(this));
        // Zero while there is no court.
        // slither-disable-next-line missing-zero-check
        court = court_;
    }

    /// @inheritdoc IDisputes
    function dispute(SliceProof calldata p, Hold calldata credit, bytes32[] calldata proof)
        external
        nonReentrant
        returns (bytes32 id)
    {
        Leaf calldata leaf = p.slice.leaf;
        if (msg.sender != leaf.customer) revert OtherParty(leaf.customer, msg.sender);
        Subject memory subject = _subjectOf(Kind.Dispute, p);
        _checkWindow(p.header, subject.headerHash, leaf.customer);
        // The most that can come back of the leaf.
        uint96 most = _penaltyOf(leaf, p.slice.charge);
        uint256 bond = most / BOND_PART;
        (id,) = _open(subject, block.timestamp + HARD_DEADLINE, bond > leafFee ? bond : leafFee, 0);
        // Without a court nobody can take from a provider's bond what it does not concede.
        if (court != address(0)) _reserved[id] = PROVIDERS.reserve(leaf.provider, subject.vault, 2 * uint256(most));
        uint96 held = 0;
        if (credit.row != bytes32(0)) {
            _checkCredit(p.header, credit, leaf.provider, proof);
            if (most > leaf.providerAmount) most = leaf.providerAmount;
            held = settlement.hold(subject, credit.row, credit.index, most);
            _holds[id] = Hold(credit.row, credit.index, held);
        }
        emit Disputed(id, leaf.provider, held, _reserved[id]);
    }

    /// @inheritdoc IDisputes
    function concede(Subject calldata subject, Slice calldata slice) external nonReentrant {
        (bytes32 id, Case memory open) = _answerable(subject);
        _checkContent(subject, slice, Kind.Dispute);
        if (msg.sender != slice.leaf.provider) revert OtherParty(slice.leaf.provider, msg.sender);
        _endHold(id, subject, slice, type(uint96).max);
        _unreserve(id, subject, slice);
        _lapse(id, open, subject);
    }

    /// @inheritdoc IDisputes
    function concedeByHub(Subject calldata subject, Slice calldata slice) external nonReentrant {
        (bytes32 id, Case memory open) = _answerable(subject);
        _checkContent(subject, slice, Kind.Dispute);
        if (msg.sender != subject.hub) revert OtherParty(subject.hub, msg.sender);
        // Tokens from outside: a bond that could be conceded could leave without its delay.
        uint96 paid = Custody.pull(IVault(subject.vault), _penaltyOf(slice.leaf, slice.charge));
        _endHold(id, subject, slice, 0);
        _unreserve(id, subject, slice);
        _lapse(id, open, subject);
        _pay(subject.vault, slice.leaf.customer, paid);
    }

    /// @inheritdoc IDisputes
    function expire(Subject calldata subject, Slice calldata slice) external nonReentrant {
        (bytes32 id, Case memory open) = _overdue(subject);
        _checkContent(subject, slice, Kind.Dispute);
        _payAsPosted(id, open, subject, slice);
    }

    /// @inheritdoc IDisputes
    function decide(Subject calldata subject, Slice calldata slice, bool forCustomer) external nonReentrant {
        if (msg.sender != court) revert NotTheCourt(court, msg.sender);
        (bytes32 id, Case memory open) = _answerable(subject);
        _checkContent(subject, slice, Kind.Dispute);
        if (!forCustomer || _isMoot(subject)) {
            return _payAsPosted(id, open, subject, slice);
        }
        uint96 penalty = _penaltyOf(slice.leaf, slice.charge);
        _endHold(id, subject, slice, type(uint96).max);
        uint96 reserved = _reserved[id];
        // What neither the credit nor the provider's bond pays, the hub's cover stands for.
        uint96 refund = settlement.strike(subject, slice.charge, penalty, reserved);
        if (refund > reserved) refund = reserved;
        uint96 amount = reserved - refund < penalty ? reserved : refund + penalty;
        _reserved[id] = reserved - amount;
        if (amount != 0) PROVIDERS.slash(slice.leaf.provider, subject.vault, amount, refund, slice.leaf.customer);
        _unreserve(id, subject, slice);
        _lapse(id, open, subject);
    }

    /// @inheritdoc IDisputes
    function holdOf(bytes32 id) external view returns (Hold memory held, uint256 reserved) {
        return (_holds[id], _reserved[id]);
    }

    /// @dev The provider has its credit, and the dispute's bond for having waited.
    function _payAsPosted(bytes32 id, Case memory open, Subject calldata subject, Slice calldata slice) private {
        bool moot = _isMoot(subject);
        // A hub can name a provider that no vault can credit: such a dispute must end too.
        bool creditable = slice.leaf.provider != address(0) && slice.leaf.provider != subject.vault;
        _endHold(id, subject, slice, 0);
        _unreserve(id, subject, slice);
        // The customer was right to doubt a leaf that something else struck.
        if (moot || !creditable) _lapse(id, open, subject);
        else _answer(id, open, subject, slice.leaf.provider, open.deposit);
    }

    /// @dev Whether something else gave the customer its money back.
    function _isMoot(Subject calldata subject) private view returns (bool) {
        return _isStruck(subject) || settlement.isVoid(subject.hub, subject.vault, subject.epoch, subject.part);
    }

    function _endHold(bytes32 id, Subject calldata subject, Slice calldata slice, uint96 wanted)
        private
        returns (uint96 given)
    {
        Hold memory held = _holds[id];
        if (held.amount == 0) return 0;
        _holds[id].amount = 0;
        return settlement.endHold(subject, held, slice.charge, wanted);
    }

    function _unreserve(bytes32 id, Subject calldata subject, Slice calldata slice) private {
        uint96 reserved = _reserved[id];
        if (reserved == 0) return;
        _reserved[id] = 0;
        PROVIDERS.unreserve(slice.leaf.provider, subject.vault, reserved);
    }

    function _checkCredit(Header calldata header, Hold calldata credit, address provider, bytes32[] calldata proof)
        private
        pure
    {
        address account = Rows.accountOf(credit.row);
        if (account != provider) revert OtherParty(provider, account);
        bytes32 leaf = Merkle.creditLeaf(credit.row);
        if (!Merkle.verify(header.creditRoot, leaf, credit.index, header.creditCount, proof)) {
            revert WrongCredit(credit.index);
        }
    }
}
