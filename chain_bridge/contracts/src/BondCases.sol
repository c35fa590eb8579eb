// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HubBonds} from "./HubBonds.sol";
import {IRemedies} from "./interfaces/IRemedies.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Custody} from "./libraries/Custody.sol";
import {Rows} from "./libraries/Rows.sol";

/// @title What cases do with a hub's bond
/// @notice Cover pays customers, then the pot of an epoch's payees; the free and the leaving bond pay payees, then
/// penalties. No case takes what covers another epoch.
abstract contract BondCases is HubBonds {
    /// @dev Nobody has the key of this account: what is credited here is burnt.
    address private constant NOBODY = address(0xdead);
    uint96 private constant REPORTER_PART = 10;

    mapping(address sender => bool) public isChallenge;

    modifier onlyChallenge() {
        _checkSender();
        _;
    }

    constructor(address[] memory challenges) {
        for (uint256 i = 0; i < challenges.length; ++i) {
            isChallenge[challenges[i]] = true;
        }
    }

    /// @inheritdoc IRemedies
    function openCase(address hub, address vault, uint64 epoch, uint96 penalty) external onlyChallenge {
        Bond storage bond = _bond(hub, vault);
        Cover storage cover = _existingCover(bond, hub, vault, epoch);
        bond.penalties += penalty;
        if (penalty != 0) bond.hub.fined = true;
        emit CaseCounted(hub, vault, epoch, ++cover.cases, bond.penalties);
    }

    /// @inheritdoc IRemedies
    function closeCase(address hub, address vault, uint64 epoch, uint96 penalty) external onlyChallenge {
        Bond storage bond = _bond(hub, vault);
        Cover storage cover = _existingCover(bond, hub, vault, epoch);
        _lift(bond, penalty);
        emit CaseCounted(hub, vault, epoch, --cover.cases, bond.penalties);
    }

    /// @inheritdoc IRemedies
    function collectPenalty(address hub, address vault, uint96 amount, address reporter)
        external
        onlyChallenge
        returns (uint96 collected)
    {
        Bond storage bond = _bond(hub, vault);
        (uint96 fromFree, uint96 fromLeaving) = _take(bond, amount, bond.owed);
        collected = fromFree + fromLeaving;
        _lift(bond, collected);
        emit PenaltyCollected(hub, vault, reporter, fromFree, fromLeaving);
        uint96 reward = collected / REPORTER_PART;
        bytes32[] memory rows = new bytes32[](2);
        (rows[0], rows[1]) = (Rows.pack(reporter, reward), Rows.pack(NOBODY, collected - reward));
        Custody.credit(IVault(vault), rows);
    }

    /// @inheritdoc IRemedies
    function openPot(address hub, address vault, uint64 epoch) external onlyChallenge returns (uint40 releaseAt) {
        Bond storage bond = _bond(hub, vault);
        (bool found, Cover storage cover) = _coverOf(bond, epoch);
        if (!found) return 0;
        emit CaseCounted(hub, vault, epoch, ++cover.cases, bond.penalties);
        return cover.releaseAt;
    }

    /// @inheritdoc IRemedies
    function setPot(address hub, address vault, uint64 epoch, uint256 wanted)
        external
        onlyChallenge
        returns (uint96 pot)
    {
        pot = _setPot(hub, vault, epoch, wanted);
        _owe(hub, vault, epoch, wanted > pot ? wanted - pot : 0);
    }

    /// @inheritdoc IRemedies
    function closePot(address hub, address vault, uint64 epoch, uint256 wanted)
        external
        onlyChallenge
        returns (uint96 pot)
    {
        pot = _setPot(hub, vault, epoch, wanted);
        _owe(hub, vault, epoch, 0);
        Bond storage bond = _bond(hub, vault);
        (bool found, Cover storage cover) = _coverOf(bond, epoch);
        if (!found) return pot;
        (uint256 releaseAt, uint256 cases) = (cover.releaseAt, cover.cases);
        if (block.timestamp <= releaseAt || cases != 1) revert PotOpen(releaseAt, block.timestamp, cases - 1);
        cover.cases = 0;
        emit CaseCounted(hub, vault, epoch, 0, bond.penalties);
        // A bond that is full to the last bit does not take back what is too much.
        uint96 used = wanted > pot ? _least(cover.amount, wanted - pot) : 0;
        (cover.amount, bond.hub.covering) = (cover.amount - used, bond.hub.covering - used);
        pot += used;
        bond.pots[epoch] = pot;
        emit PotCovered(hub, vault, epoch, used);
    }

    /// @inheritdoc IRemedies
    function payFromPot(address hub, address vault, uint64 epoch, address payee, uint96 amount) external onlyChallenge {
        Bond storage bond = _bond(hub, vault);
        bond.pots[epoch] -= amount;
        emit PotPaid(hub, vault, epoch, payee, amount);
        Custody.pay(IVault(vault), payee, amount);
    }

    /// @inheritdoc IRemedies
    function penaltiesOf(address hub, address vault) external view returns (uint256) {
        return _bond(hub, vault).penalties;
    }

    /// @inheritdoc IRemedies
    function potOf(address hub, address vault, uint64 epoch) external view returns (uint256) {
        return _bond(hub, vault).pots[epoch];
    }

    /// @dev Customers never get more than was taken of an epoch, which its cover is not below.
    function _useCover(address hub, address vault, uint64 epoch, uint96 amount) internal {
        Bond storage bond = _bond(hub, vault);
        _existingCover(bond, hub, vault, epoch).amount -= amount;
        bond.hub.covering -= amount;
        emit CoverUsed(hub, vault, epoch, amount);
    }

    function _returnCover(address hub, address vault, uint64 epoch, uint256 amount) internal {
        Bond storage bond = _bond(hub, vault);
        uint96 back = _least(type(uint96).max - bond.hub.free - bond.hub.covering, amount);
        _existingCover(bond, hub, vault, epoch).amount += back;
        bond.hub.covering += back;
        emit CoverReturned(hub, vault, epoch, back);
    }

    function _setPot(address hub, address vault, uint64 epoch, uint256 wanted) private returns (uint96 pot) {
        Bond storage bond = _bond(hub, vault);
        pot = bond.pots[epoch];
        if (wanted > pot) {
            (uint96 fromFree, uint96 fromLeaving) = _take(bond, wanted - pot, bond.owed - bond.shorts[epoch]);
            pot += fromFree + fromLeaving;
            emit PotFilled(hub, vault, epoch, fromFree, fromLeaving);
        } else {
            uint96 back = _least(type(uint96).max - bond.hub.free - bond.hub.covering, pot - wanted);
            bond.hub.free += back;
            pot -= back;
            emit PotReturned(hub, vault, epoch, back);
        }
        bond.pots[epoch] = pot;
    }

    /// @dev Takes up to `wanted` from what is free and then from what is leaving, above the `kept` that waits for others.
    function _take(Bond storage bond, uint256 wanted, uint256 kept)
        private
        returns (uint96 fromFree, uint96 fromLeaving)
    {
        Hub memory account = _load(bond);
        _release(bond, account);
        fromFree = _least(_above(account.free, kept), wanted);
        uint96 left = _above(bond.leaving, kept > account.free ? kept - account.free : 0);
        account.free -= fromFree;
        _store(bond, account);
        fromLeaving = _least(left, wanted - fromFree);
        bond.leaving -= fromLeaving;
    }

    /// @dev Reserves what the pot of an epoch lacks, instead of what it lacked before.
    function _owe(address hub, address vault, uint64 epoch, uint256 short) private {
        Bond storage bond = _bond(hub, vault);
        uint128 before = bond.shorts[epoch];
        if (short == before) return;
        // Below the sum of claims, which is a uint128.
        // forge-lint: disable-next-line(unsafe-typecast)
        (bond.shorts[epoch], bond.owed) = (uint128(short), bond.owed - before + uint128(short));
        bond.hub.fined = _reserved(bond) != 0;
        emit PotShort(hub, vault, epoch, short);
    }

    /// @dev Lifts `amount` of the reserved penalties.
    function _lift(Bond storage bond, uint96 amount) private {
        bond.penalties -= amount;
        if (_reserved(bond) == 0) bond.hub.fined = false;
    }

    function _existingCover(Bond storage bond, address hub, address vault, uint64 epoch)
        private
        view
        returns (Cover storage)
    {
        (bool found, Cover storage cover) = _coverOf(bond, epoch);
        if (!found) revert NoCover(hub, vault, epoch);
        return cover;
    }

    function _checkSender() private view {
        if (!isChallenge[msg.sender]) revert NotAChallenge(msg.sender);
    }

    function _above(uint96 a, uint256 b) private pure returns (uint96) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return a > b ? a - uint96(b) : 0;
    }

    /// @dev Not above `a`.
    function _least(uint96 a, uint256 b) private pure returns (uint96) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return a < b ? a : uint96(b);
    }
}
