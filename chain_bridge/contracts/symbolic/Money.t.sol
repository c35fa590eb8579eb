// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Balances} from "../src/libraries/Balances.sol";
import {Rows} from "../src/libraries/Rows.sol";

/// @title Sums of rows, proven for all rows: of lists of two, whatever their accounts, amounts and balances
contract MoneySymbolic is Test {
    using Balances for mapping(address account => uint256);

    mapping(address account => uint256) private balances;

    function check_rows_are_sound_exactly_when_accounts_rise_and_amounts_are_not_zero(
        bytes32[2] memory given,
        address previous,
        address a,
        address b,
        address c
    ) public view {
        (uint256 total, bool sound) = this.sum(listOf(given), previous, a, b, c);
        bool expected = true;
        uint256 sum_ = 0;
        for (uint256 i = 0; i < 2; ++i) {
            address account = Rows.accountOf(given[i]);
            expected = expected && account > previous && Rows.amountOf(given[i]) != 0;
            expected = expected && account != a && account != b && account != c;
            (previous, sum_) = (account, sum_ + Rows.amountOf(given[i]));
        }
        assertEq(sound, expected);
        assertEq(total, sum_);
    }

    function check_what_is_taken_whole_is_what_balances_lose(bytes32[2] memory given, uint128[2] memory held) public {
        address[2] memory accounts = _rising(given, held);
        (uint256 total, uint256 done) = this.takeWhole(listOf(given));
        uint256 sum_ = 0;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 amount = i < done ? Rows.amountOf(given[i]) : 0;
            // Said first: what reverts is no counterexample.
            assertLe(amount, held[i]);
            assertEq(balances[accounts[i]], held[i] - amount);
            sum_ += amount;
        }
        assertEq(total, sum_);
        assertTrue(done == 2 || Rows.amountOf(given[done]) > held[done]);
    }

    function check_the_lesser_of_row_and_balance_is_taken(bytes32[2] memory given, uint128[2] memory held, bool second)
        public
    {
        address[2] memory accounts = _rising(given, held);
        uint256 first = second ? 1 : 0;
        bytes32[] memory rows = listOf(given);
        uint256 total = balances.takeUpTo(rows, first);
        uint256 sum_ = 0;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 row = Rows.amountOf(given[i]);
            uint256 amount = i < first ? 0 : row < held[i] ? row : held[i];
            assertEq(balances[accounts[i]], held[i] - amount);
            if (i >= first) assertEq(rows[i], Rows.withAmount(given[i], uint96(amount)));
            sum_ += amount;
        }
        assertEq(total, sum_);
    }

    function check_what_is_given_is_what_balances_gain(bytes32[2] memory given, uint128[2] memory held) public {
        address[2] memory accounts = _rising(given, held);
        vm.assume(accounts[0] != address(this) && accounts[1] != address(this));
        uint256 total = this.give(listOf(given));
        assertEq(total, uint256(Rows.amountOf(given[0])) + Rows.amountOf(given[1]));
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(balances[accounts[i]], uint256(held[i]) + Rows.amountOf(given[i]));
        }
    }

    function check_nobody_and_the_vault_itself_are_given_nothing(bytes32 row) public {
        address account = Rows.accountOf(row);
        bytes32[] memory rows = new bytes32[](1);
        rows[0] = row;
        try this.give(rows) {
            assertTrue(account != address(0) && account != address(this));
        } catch {
            assertTrue(account == address(0) || account == address(this));
        }
    }

    function check_a_row_is_its_account_and_amount(address account, uint96 amount, uint96 other) public pure {
        bytes32 row = Rows.pack(account, amount);
        assertEq(Rows.accountOf(row), account);
        assertEq(Rows.amountOf(row), amount);
        assertEq(Rows.withAmount(row, other), Rows.pack(account, other));
    }

    // Entrances with calldata, as a post has it

    function sum(bytes32[] calldata rows, address previous, address a, address b, address c)
        external
        pure
        returns (uint256, bool)
    {
        return Rows.sum(rows, previous, a, b, c);
    }

    function takeWhole(bytes32[] calldata rows) external returns (uint256, uint256) {
        return balances.takeWhole(rows);
    }

    function give(bytes32[] calldata rows) external returns (uint256) {
        return balances.give(rows);
    }

    function listOf(bytes32[2] memory given) internal pure returns (bytes32[] memory rows) {
        rows = new bytes32[](2);
        (rows[0], rows[1]) = (given[0], given[1]);
    }

    /// @dev Rows as a post lets them through, and balances as a vault holds them.
    function _rising(bytes32[2] memory given, uint128[2] memory held) private returns (address[2] memory accounts) {
        for (uint256 i = 0; i < 2; ++i) {
            accounts[i] = Rows.accountOf(given[i]);
            vm.assume(accounts[i] > (i == 0 ? address(0) : accounts[i - 1]));
            balances[accounts[i]] = held[i];
        }
    }
}
