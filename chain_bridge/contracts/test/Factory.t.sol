// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Cradle, Factory} from "../src/Factory.sol";
import {Services} from "../src/Services.sol";
import {IServices} from "../src/interfaces/IServices.sol";

contract FactoryTest is Test {
    Factory private factory = new Factory();
    bytes private code = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(3000)));

    function test_a_contract_is_where_the_factory_said_before(bytes32 salt, address sender) public {
        vm.assume(sender != address(vm));
        address expected = factory.addressOf(sender, salt);
        assertEq(expected.code.length, 0);
        vm.prank(sender);
        assertEq(factory.create(salt, code), expected);
        assertEq(Services(expected).maxRoyaltyBps(), 3000);
    }

    function test_an_address_does_not_follow_from_the_code(bytes32 salt) public {
        address before = factory.addressOf(address(this), salt);
        bytes memory other = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(1)));
        assertEq(factory.create(salt, other), before);
    }

    function test_nobody_takes_the_place_of_another_sender(bytes32 salt, address thief) public {
        vm.assume(thief != address(this) && thief != address(vm));
        address mine = factory.addressOf(address(this), salt);
        vm.prank(thief);
        assertNotEq(factory.create(salt, code), mine);
        assertEq(factory.create(salt, code), mine);
    }

    function test_a_place_is_taken_once() public {
        address made = factory.create(bytes32(0), code);
        vm.expectRevert(abi.encodeWithSelector(Factory.PlaceTaken.selector, made));
        factory.create(bytes32(0), code);
    }

    function test_a_constructors_refusal_comes_through_and_leaves_the_place_free() public {
        bytes memory bad = abi.encodePacked(type(Services).creationCode, abi.encode(uint16(5001)));
        vm.expectRevert(abi.encodeWithSelector(IServices.RoyaltyTooHigh.selector, 5001, 5000));
        factory.create(bytes32(0), bad);
        factory.create(bytes32(0), code);
    }

    function test_a_cradle_serves_its_factory_only() public {
        Cradle cradle = new Cradle();
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Cradle.NotTheFactory.selector, address(0xbad)));
        cradle.fill(code);
    }
}
