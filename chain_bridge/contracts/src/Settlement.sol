// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {BondCases} from "./BondCases.sol";
import {Escrow} from "./Escrow.sol";
import {HubBonds} from "./HubBonds.sol";
import {Posting} from "./Posting.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IProviders} from "./interfaces/IProviders.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Params, Schedule} from "./libraries/Schedule.sol";

/// @title Settlement
/// @notice See ISettlement. It is made of its parts, each of which says what it does: Covers, HubBonds, BondCases and
/// Guarantees for bonds, Escrow and Remedies for parts, Posting for what hubs send. `multicall` makes several calls in one transaction, in
/// their order, all of them or none: so the payment of an earlier batch rides with the next post.
/// @dev Each call of `multicall` has the transaction's sender and takes the guard against re-entrancy for itself. Nothing
/// here is payable and nobody else's word stands for a sender, so that no call can do what it could not do alone.
/// Of a part one slot is kept for ever: 31 bytes of its header's hash and a byte of state. Every later call hands
/// the header back.
contract Settlement is Posting, Multicall {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256("Hansa Settlement");
    bytes32 private constant VERSION_HASH = keccak256("1");

    address public immutable lines;
    address public immutable providers;

    Params private _params;

    /// @param p Times and rates.
    /// @param lines_ CreditLines with the same E and P and a long enough notice.
    /// @param providers_ Providers with the same E and a long enough notice and unbonding.
    /// @param treasury_ Account of the fees.
    /// @param vaults The vaults whose tokens are allowed.
    /// @param challenges The contracts that may use bonds and escrow as IRemedies says, and no others ever.
    // Whoever deploys chooses the vaults, and pays for each.
    // slither-disable-next-line calls-loop
    constructor(
        Params memory p,
        address lines_,
        address providers_,
        address treasury_,
        address[] memory vaults,
        address[] memory challenges
    )
        HubBonds(Schedule.settleSpan(p), Schedule.leastUnbonding(p), vaults)
        BondCases(challenges)
        Escrow(treasury_, p.window)
        Posting(p)
    {
        Schedule.check(p);
        Schedule.checkOpenEpochs(p, RING);
        _checkLines(p, ICreditLines(lines_));
        _checkProviders(p, IProviders(providers_));
        for (uint256 i = 0; i < vaults.length; ++i) {
            Schedule.checkWithdrawal(p, IVault(vaults[i]).withdrawalDelay());
            if (IVault(vaults[i]).lines() != lines_) revert UnknownVault(vaults[i]);
            // A vault refuses to be credited itself, and no batch with a fee could be paid.
            if (vaults[i] == treasury_) revert ForbiddenTreasury(treasury_);
        }
        // Both have just answered.
        // slither-disable-next-line missing-zero-check
        (lines, providers) = (lines_, providers_);
        _params = p;
    }

    /// @inheritdoc ISettlement
    function params() external view returns (Params memory) {
        return _params;
    }

    /// @inheritdoc ISettlement
    function domainSeparator() external view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
    }

    function _checkLines(Params memory p, ICreditLines creditLines) private view {
        if (creditLines.epochSeconds() != p.epoch) revert TimesDiffer("epoch", p.epoch, creditLines.epochSeconds());
        if (creditLines.postSeconds() != p.post) revert TimesDiffer("post", p.post, creditLines.postSeconds());
        Schedule.checkNotice(p, creditLines.noticeSeconds());
    }

    function _checkProviders(Params memory p, IProviders registry) private view {
        if (registry.epochSeconds() != p.epoch) revert TimesDiffer("epoch", p.epoch, registry.epochSeconds());
        Schedule.checkNotice(p, registry.noticeSeconds());
        Schedule.checkUnbonding(p, registry.unbondingSeconds());
    }
}
