// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Services} from "../src/Services.sol";
import {IServices} from "../src/interfaces/IServices.sol";
import {Fixture} from "./Fixture.sol";

contract ServicesTest is Fixture {
    bytes32 private constant DIGEST = keccak256("image");

    function test_a_version_is_published_for_ever_under_an_id() public {
        vm.expectEmit(address(services));
        emit IServices.Published(1, anyone, treasury, "ocr", "1.0.0", 1000, DIGEST);
        vm.prank(anyone);
        assertEq(services.publish("ocr", "1.0.0", treasury, 1000, DIGEST), 1);
        IServices.Service memory service = services.get(1);
        assertEq(service.publisher, anyone);
        assertEq(service.payout, treasury);
        assertEq(service.royaltyBps, 1000);
        assertEq(service.contentDigest, DIGEST);
        assertEq(service.publishedAt, block.timestamp);
        assertEq(service.name, "ocr");
        assertEq(service.version, "1.0.0");
        assertEq(services.idOf(anyone, "ocr", "1.0.0"), 1);
    }

    function test_a_version_cannot_be_published_again_but_by_somebody_else_or_as_another() public {
        services.publish("ocr", "1", treasury, 1000, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IServices.AlreadyPublished.selector, 1));
        services.publish("ocr", "1", treasury, 0, DIGEST);
        assertEq(services.publish("ocr", "2", treasury, 0, DIGEST), 2);
        vm.prank(anyone);
        assertEq(services.publish("ocr", "1", treasury, 0, DIGEST), 3);
        assertEq(services.count(), 3);
    }

    function test_names_that_run_together_are_different_products() public {
        services.publish("ocr", "11", treasury, 0, DIGEST);
        assertEq(services.publish("ocr1", "1", treasury, 0, DIGEST), 2);
    }

    function test_a_version_needs_a_name_a_payout_a_digest_and_a_royalty_in_bounds() public {
        string memory long = "0123456789012345678901234567890123456789012345678901234567890123x";
        vm.expectRevert(abi.encodeWithSelector(IServices.InvalidName.selector, ""));
        services.publish("", "1", treasury, 0, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IServices.InvalidName.selector, long));
        services.publish(long, "1", treasury, 0, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IServices.InvalidVersion.selector, ""));
        services.publish("ocr", "", treasury, 0, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IServices.InvalidVersion.selector, long));
        services.publish("ocr", long, treasury, 0, DIGEST);
        vm.expectRevert(IServices.ZeroPayout.selector);
        services.publish("ocr", "1", address(0), 0, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(IServices.RoyaltyTooHigh.selector, 3001, 3000));
        services.publish("ocr", "1", treasury, 3001, DIGEST);
        vm.expectRevert(IServices.ZeroDigest.selector);
        services.publish("ocr", "1", treasury, 3000, bytes32(0));
    }

    function test_an_unknown_id_is_an_error_and_not_an_empty_service() public {
        vm.expectRevert(abi.encodeWithSelector(IServices.UnknownService.selector, 0));
        services.get(0);
        vm.expectRevert(abi.encodeWithSelector(IServices.UnknownService.selector, 1));
        services.get(1);
    }

    function test_the_cap_of_royalties_is_itself_capped() public {
        vm.expectRevert(abi.encodeWithSelector(IServices.RoyaltyTooHigh.selector, 5001, 5000));
        new Services(5001);
    }
}
