// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {Header} from "../../src/libraries/Header.sol";
import {Fixture} from "../Fixture.sol";

/// @title A market that remembers who is in it and what was posted, and so knows whose all the money is
abstract contract Solvency is Fixture {
    address internal constant NOBODY = address(0xdead);

    struct Posted {
        Header header;
        bytes32[] credits;
    }

    address[] private _parties;
    mapping(address account => bool) private _isParty;
    Posted[] private _posted;

    function setUp() public virtual override {
        super.setUp();
        address[4] memory others = [treasury, anyone, NOBODY, address(this)];
        for (uint256 i = 0; i < others.length; ++i) {
            _join(others[i]);
        }
    }

    function person(string memory name) internal override returns (Person memory who) {
        who = super.person(name);
        _join(who.account);
    }

    function post(ISettlement.PostArgs memory args, bytes32[] memory debits, bytes32[] memory credits)
        internal
        virtual
        override
        returns (Header memory header)
    {
        _join(hub);
        header = super.post(args, debits, credits);
        _posted.push(Posted(header, credits));
    }

    /// @dev What was taken is what there is: tokens, bonds, escrow, and nobody's money lost. Once every part is paid, the
    /// settlement has its bonds and what open disputes hold: to the wei, where none is open.
    function assertSolvent() internal {
        assertEveryTokenIsSomebodys();
        assertProvidersHaveTheirBonds();
        uint256 state = vm.snapshotState();
        _payAll();
        uint256 bonds = 0;
        for (uint256 i = 0; i < _parties.length; ++i) {
            (uint256 total,,,) = settlement.bondOf(_parties[i], address(vault));
            bonds += total;
        }
        uint256 custody = vault.custodyOf(address(settlement));
        // Every open dispute has its bond there.
        if (vault.custodyOf(address(disputes)) == 0) assertEq(custody, bonds);
        else assertGe(custody, bonds);
        assertTrue(vm.revertToState(state));
    }

    function assertEveryTokenIsSomebodys() internal view {
        address[6] memory holders = [
            address(settlement),
            address(providers),
            address(statements),
            address(challenges),
            address(disputes),
            address(claims)
        ];
        uint256 owed = 0;
        for (uint256 i = 0; i < holders.length; ++i) {
            owed += vault.custodyOf(holders[i]);
        }
        for (uint256 i = 0; i < _parties.length; ++i) {
            owed += vault.balanceOf(_parties[i]);
        }
        assertEq(vault.totalHeld(), owed);
        assertEq(token.balanceOf(address(vault)), owed);
    }

    function assertProvidersHaveTheirBonds() internal view {
        uint256 bonds = 0;
        for (uint256 i = 0; i < _parties.length; ++i) {
            (uint256 bonded,,) = providers.bondOf(_parties[i], address(vault));
            assertLe(providers.reservedOf(_parties[i], address(vault)), bonded);
            bonds += bonded;
        }
        assertEq(vault.custodyOf(address(providers)), bonds);
    }

    function _payAll() private {
        vm.warp(block.timestamp + W + 1);
        for (uint256 i = 0; i < _posted.length; ++i) {
            Header memory header = _posted[i].header;
            if (settlement.isFinalized(header.hub, header.vault, header.epoch, header.part)) continue;
            if (settlement.isVoid(header.hub, header.vault, header.epoch, header.part)) continue;
            settlement.finalize(header, _posted[i].credits);
        }
    }

    function _join(address account) private {
        if (_isParty[account]) return;
        _isParty[account] = true;
        _parties.push(account);
    }
}
