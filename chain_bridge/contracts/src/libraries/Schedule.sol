// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The times of one deployment in seconds, and its rates; fixed for ever.
/// @param epoch E, length of an epoch.
/// @param post P, time after an epoch's end within which it can be posted.
/// @param window W, time after a post before it can be finalized.
/// @param reveal W2, window of every revealed statement.
/// @param answer A, time to answer a challenge.
/// @param queue Q, most by which a hub's open demands delay each other's answers.
/// @param court V, longest case with appeals.
/// @param sealing S, time a hub needs to seal an epoch.
/// @param finality F, finality and observation.
/// @param outage C, longest outage or censorship that harms nobody.
/// @param audit k + capture of the seed + verification of a sampled slice.
/// @param feeBps Treasury's part of the credits, basis points, rounded up.
/// @param coverBps Bond that stands behind each debit, basis points, rounded up.
struct Params {
    uint32 epoch;
    uint32 post;
    uint32 window;
    uint32 reveal;
    uint32 answer;
    uint32 queue;
    uint32 court;
    uint32 sealing;
    uint32 finality;
    uint32 outage;
    uint32 audit;
    uint16 feeBps;
    uint16 coverBps;
}

/// @title The inequalities between the times
library Schedule {
    /// @notice `actual` seconds of the named time are fewer than the `least` that keep everybody safe.
    error TimeTooShort(bytes32 name, uint256 actual, uint256 least);

    /// @notice A rate is outside its hard-coded bounds.
    error RateOutOfBounds(bytes32 name, uint256 actual, uint256 least, uint256 most);

    /// @notice Posts of so many epochs could wait for their end at once.
    error TooManyOpenEpochs(uint256 open, uint256 most);

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_FEE_BPS = 2000;
    uint256 internal constant MIN_COVER_BPS = 10_000;
    uint256 internal constant MAX_COVER_BPS = 50_000;

    /// @notice Reverts unless the times of `p` hold their inequalities and the rates their bounds.
    function check(Params memory p) internal pure {
        uint256 react = 2 * uint256(p.finality) + p.outage;
        atLeast("epoch", p.epoch, 1);
        // Or the first second of one deadline could be the last of the one before it.
        atLeast("finality", p.finality, 1);
        atLeast("post", p.post, p.sealing + react);
        atLeast("answer", p.answer, react);
        atLeast("window", p.window, p.audit + react);
        atLeast("reveal", p.reveal, react);
        // From a post at the epoch's end, to a claim that is sent in its last second.
        atLeast("claims", claimSpan(p), p.post + react);
        // What was posted at the epoch's end is not taken for an epoch that never was.
        atLeast("settle", settleSpan(p), uint256(p.post) + p.window);
        if (p.feeBps > MAX_FEE_BPS) revert RateOutOfBounds("feeBps", p.feeBps, 0, MAX_FEE_BPS);
        if (p.coverBps < MIN_COVER_BPS || p.coverBps > MAX_COVER_BPS) {
            revert RateOutOfBounds("coverBps", p.coverBps, MIN_COVER_BPS, MAX_COVER_BPS);
        }
    }

    /// @notice Reverts unless the notice of changes is long enough: N >= E + P + 2F.
    function checkNotice(Params memory p, uint256 notice) internal pure {
        atLeast("notice", notice, uint256(p.epoch) + p.post + 2 * uint256(p.finality));
    }

    /// @notice Reverts unless bonds stay long enough after the request to leave.
    function checkUnbonding(Params memory p, uint256 unbonding) internal pure {
        atLeast("unbonding", unbonding, leastUnbonding(p));
    }

    /// @notice The shortest U: E + P + (T - post) + F.
    function leastUnbonding(Params memory p) internal pure returns (uint256) {
        return uint256(p.epoch) + p.post + settleSpan(p) + p.finality;
    }

    /// @notice Reverts unless the withdrawal delay D is longer than an epoch with its post: D > E + P + 2F.
    function checkWithdrawal(Params memory p, uint256 delay) internal pure {
        atLeast("withdrawal", delay, uint256(p.epoch) + p.post + 2 * uint256(p.finality) + 1);
    }

    /// @notice Reverts unless the epochs that can be covered at once are at most `most`.
    function checkOpenEpochs(Params memory p, uint256 most) internal pure {
        uint256 open = (uint256(p.post) + settleSpan(p)) / p.epoch + 2;
        if (open > most) revert TooManyOpenEpochs(open, most);
    }

    /// @notice T - post: seconds after a post until nothing can be demanded for it any more.
    function settleSpan(Params memory p) internal pure returns (uint256) {
        return claimSpan(p) + verdictSpan(p);
    }

    /// @notice Seconds after a post until all is known that can become void, and its payees can claim no more.
    function claimSpan(Params memory p) internal pure returns (uint256) {
        return uint256(p.window) + p.answer + p.queue + p.reveal;
    }

    /// @notice The longest that a case can go on after its part's last second to open one.
    function verdictSpan(Params memory p) internal pure returns (uint256) {
        return p.court > p.answer ? p.court : p.answer;
    }

    /// @notice Reverts unless the named time has at least so many seconds.
    function atLeast(bytes32 name, uint256 actual, uint256 least) internal pure {
        if (actual < least) revert TimeTooShort(name, actual, least);
    }
}
