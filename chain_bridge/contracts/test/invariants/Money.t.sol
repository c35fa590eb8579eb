// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {Fixture} from "../Fixture.sol";
import {Actors} from "./Actors.sol";

/// @title What holds after any sequence of actions of everybody
contract MoneyInvariants is Fixture {
    Actors private actors;

    function setUp() public override {
        super.setUp();
        actors = new Actors(token, vault, lines, providers, settlement);
        for (uint256 i = 0; i < 4; ++i) {
            actors.deposit(i, 1e24);
            actors.setLine(i, 0, 1e22, 2000);
        }
        actors.depositBond(0, 1e24);
        actors.depositBond(1, 1e24);
        targetContract(address(actors));
    }

    /// @dev One campaign checks all of it after every call, so that each call is another one.
    /// forge-config: deep.invariant.runs = 4000
    function invariant_all_that_must_hold_of_money() public view {
        this.holds_nobody_is_paid_twice_too_early_or_not_let_out();
        this.holds_the_vault_holds_exactly_what_it_owes();
        this.holds_the_settlements_custody_is_bonds_and_escrow_to_the_wei();
        this.holds_the_providers_custody_is_their_bonds();
        this.holds_a_bond_covers_every_post_that_something_can_be_demanded_for();
        this.holds_every_batch_pays_its_fee_and_takes_no_more_than_its_debits();
        this.holds_a_customer_loses_only_what_was_charged_and_withdrawn();
        this.holds_the_sum_of_caps_is_that_of_the_lines();
    }

    function holds_nobody_is_paid_twice_too_early_or_not_let_out() external view {
        assertEq(actors.violation(), "");
    }

    function holds_the_vault_holds_exactly_what_it_owes() external view {
        uint256 owed = vault.custodyOf(address(settlement)) + vault.custodyOf(address(providers));
        for (uint256 i = 0; i < 4; ++i) {
            owed += vault.balanceOf(actors.customers(i)) + vault.balanceOf(actors.payees(i));
        }
        owed += vault.balanceOf(actors.hubs(0)) + vault.balanceOf(actors.hubs(1)) + vault.balanceOf(treasury);
        assertEq(vault.totalHeld(), owed);
        assertEq(token.balanceOf(address(vault)), owed);
    }

    function holds_the_settlements_custody_is_bonds_and_escrow_to_the_wei() external view {
        uint256 held = 0;
        (uint256 total,,,) = settlement.bondOf(hub, address(vault));
        held += total;
        for (uint256 i = 0; i < 2; ++i) {
            (total,,,) = settlement.bondOf(actors.hubs(i), address(vault));
            held += total;
        }
        for (uint256 i = 0; i < actors.batchCount(); ++i) {
            Actors.Batch memory batch = actors.batch(i);
            if (!batch.finalized) held += batch.header.debits - batch.paidAlone;
        }
        assertEq(vault.custodyOf(address(settlement)), held);
    }

    function holds_the_providers_custody_is_their_bonds() external view {
        uint256 held = 0;
        for (uint256 i = 0; i < 4; ++i) {
            (uint256 bonded, uint256 leaving,) = providers.bondOf(actors.payees(i), address(vault));
            held += bonded;
            assertLe(leaving, bonded);
        }
        assertEq(vault.custodyOf(address(providers)), held);
    }

    function holds_a_bond_covers_every_post_that_something_can_be_demanded_for() external view {
        for (uint256 h = 0; h < 2; ++h) {
            uint256 atStake = 0;
            for (uint256 i = 0; i < actors.batchCount(); ++i) {
                Actors.Batch memory batch = actors.batch(i);
                bool open = block.timestamp <= batch.header.postedAt + SPAN;
                if (open && batch.header.hub == actors.hubs(h)) atStake += batch.header.debits;
            }
            (uint256 total, uint256 covering,,) = settlement.bondOf(actors.hubs(h), address(vault));
            assertGe(covering, atStake);
            assertGe(total, covering);
        }
    }

    function holds_every_batch_pays_its_fee_and_takes_no_more_than_its_debits() external view {
        for (uint256 i = 0; i < actors.batchCount(); ++i) {
            Actors.Batch memory batch = actors.batch(i);
            assertLe(batch.header.taken, batch.header.debits);
            assertGe(batch.header.debits, withFee(batch.header.credits));
        }
    }

    function holds_a_customer_loses_only_what_was_charged_and_withdrawn() external view {
        for (uint256 i = 1; i < 4; ++i) {
            address who = actors.customers(i);
            assertEq(vault.balanceOf(who), actors.deposited(who) - actors.charged(who) - actors.withdrawn(who));
        }
    }

    function holds_the_sum_of_caps_is_that_of_the_lines() external view {
        for (uint256 i = 0; i < 4; ++i) {
            address who = actors.customers(i);
            uint256 sum = 0;
            for (uint256 h = 0; h < 2; ++h) {
                sum += _counted(who, actors.hubs(h));
            }
            assertEq(lines.capsOf(who, address(vault)), sum);
        }
    }

    function _counted(address who, address forHub) private view returns (uint256) {
        (ICreditLines.Terms memory current, ICreditLines.Terms memory next) =
            lines.lineOf(who, address(settlement), forHub, address(vault));
        return current.cap > next.cap ? current.cap : next.cap;
    }
}
