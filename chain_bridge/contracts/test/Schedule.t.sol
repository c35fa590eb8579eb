// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CreditLines} from "../src/CreditLines.sol";
import {Providers} from "../src/Providers.sol";
import {Settlement} from "../src/Settlement.sol";
import {Vault} from "../src/Vault.sol";
import {IBonds} from "../src/interfaces/IBonds.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Params, Schedule} from "../src/libraries/Schedule.sol";
import {Fixture} from "./Fixture.sol";

/// @title A deployment whose times would harm somebody cannot be made
contract ScheduleTest is Fixture {
    uint32 private constant HOUR = 3600;

    function test_the_profile_of_a_main_chain_holds_every_inequality() public {
        Params memory p = Params({
            epoch: 12 * HOUR,
            post: 12 * HOUR,
            window: 24 * HOUR,
            reveal: 8 * HOUR,
            answer: 12 * HOUR,
            queue: 6 * HOUR,
            court: 0,
            sealing: HOUR,
            finality: HOUR / 2,
            outage: 6 * HOUR,
            audit: 8 * HOUR,
            feeBps: 300,
            coverBps: 20_000
        });
        deploy(p, 36 * HOUR, 26 * HOUR, 87 * HOUR);
        assertEq(settlement.settleSeconds(), 62 * HOUR);
        assertEq(abi.encode(settlement.params()), abi.encode(p));
    }

    function test_times_that_are_a_second_too_short_are_refused() public {
        Params memory p = profile();
        p.post = 8;
        _refused(p, "post", 8, 9);
        p = profile();
        p.answer = 6;
        _refused(p, "answer", 6, 7);
        p = profile();
        p.window = 7;
        _refused(p, "window", 7, 8);
        p = profile();
        p.reveal = 6;
        _refused(p, "reveal", 6, 7);
        p = profile();
        p.epoch = 0;
        _refused(p, "epoch", 0, 1);
        p = profile();
        p.finality = 0;
        _refused(p, "finality", 0, 1);
    }

    function test_rates_outside_their_bounds_are_refused() public {
        Params memory p = profile();
        p.feeBps = 2001;
        vm.expectRevert(abi.encodeWithSelector(Schedule.RateOutOfBounds.selector, bytes32("feeBps"), 2001, 0, 2000));
        _make(p);
        p = profile();
        p.coverBps = 9999;
        vm.expectRevert(
            abi.encodeWithSelector(Schedule.RateOutOfBounds.selector, bytes32("coverBps"), 9999, 10_000, 50_000)
        );
        _make(p);
    }

    function test_delays_of_other_contracts_that_are_a_second_too_short_are_refused() public {
        Vault quick = new Vault(address(token), address(lines), D - 1);
        (Vault kept, CreditLines keptLines) = (vault, lines);
        vault = quick;
        _refused(profile(), "withdrawal", D - 1, D);
        vault = kept;
        lines = new CreditLines(E, P, N - 1);
        _refused(profile(), "notice", N - 1, N);
        lines = keptLines;
        Providers keptProviders = providers;
        providers = new Providers(E, N, U - 1, _list(), address(0));
        _refused(profile(), "unbonding", U - 1, U);
        providers = new Providers(E, N - 1, U, _list(), address(0));
        _refused(profile(), "notice", N - 1, N);
        providers = keptProviders;
        _make(profile());
    }

    function test_contracts_with_another_grid_or_other_lines_do_not_fit_together() public {
        (CreditLines keptLines, Providers keptProviders) = (lines, providers);
        lines = new CreditLines(E + 1, P, 100);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TimesDiffer.selector, bytes32("epoch"), E, E + 1));
        _make(profile());
        lines = new CreditLines(E, P + 1, 100);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TimesDiffer.selector, bytes32("post"), P, P + 1));
        _make(profile());
        lines = new CreditLines(E, P, N);
        vm.expectRevert(abi.encodeWithSelector(IBonds.UnknownVault.selector, address(vault)));
        _make(profile());
        lines = keptLines;
        providers = new Providers(E + 1, N, U, _list(), address(0));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.TimesDiffer.selector, bytes32("epoch"), E, E + 1));
        _make(profile());
        providers = keptProviders;
        treasury = address(0);
        vm.expectRevert(ISettlement.ZeroTreasury.selector);
        _make(profile());
    }

    function test_a_treasury_that_could_never_be_paid_is_refused() public {
        treasury = address(vault);
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ForbiddenTreasury.selector, treasury));
        _make(profile());
        treasury = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(ISettlement.ForbiddenTreasury.selector, treasury));
        _make(profile());
    }

    function test_claims_that_could_end_before_they_begin_are_refused() public {
        Params memory p = profile();
        p.queue = 0;
        p.post = p.window + p.answer + p.reveal - 2 * p.finality - p.outage;
        p.court = 60;
        _makeWithLinesFor(p);
        ++p.post;
        _deployLinesFor(p);
        uint256 claims_ = uint256(p.window) + p.answer + p.reveal;
        _refused(p, "claims", claims_, claims_ + 1);
    }

    function test_a_posted_epoch_that_is_past_before_an_unposted_one_could_be_claimed_no_more_is_refused() public {
        Params memory p = profile();
        (p.window, p.queue) = (100, 0);
        p.post = p.answer + p.reveal + p.answer;
        _makeWithLinesFor(p);
        ++p.post;
        _deployLinesFor(p);
        _refused(p, "settle", p.window + p.post - 1, p.window + p.post);
    }

    function test_times_that_leave_more_epochs_open_than_the_ring_holds_are_refused() public {
        Params memory p = profile();
        p.court = 600;
        vm.expectRevert(abi.encodeWithSelector(Schedule.TooManyOpenEpochs.selector, 33, 32));
        _make(p);
    }

    function _refused(Params memory p, bytes32 name, uint256 actual, uint256 least) private {
        vm.expectRevert(abi.encodeWithSelector(Schedule.TimeTooShort.selector, name, actual, least));
        _make(p);
    }

    function _makeWithLinesFor(Params memory p) private {
        _deployLinesFor(p);
        _make(p);
    }

    /// @dev With delays that are long enough for any times here.
    function _deployLinesFor(Params memory p) private {
        lines = new CreditLines(E, p.post, 1000);
        vault = new Vault(address(token), address(lines), 1000);
        providers = new Providers(E, 1000, 1000, _list(), address(0));
    }

    function _make(Params memory p) private {
        this.make(p);
    }

    /// @dev A call, because what links tests at run time makes no call of a creation: none would be expected to revert.
    function make(Params memory p) external {
        new Settlement(p, address(lines), address(providers), treasury, _list(), new address[](0));
    }

    function _list() private view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(vault);
    }
}
