// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {stdJson} from "forge-std/StdJson.sol";
import {CreditLines} from "../src/CreditLines.sol";
import {Settlement} from "../src/Settlement.sol";
import {ICreditLines} from "../src/interfaces/ICreditLines.sol";
import {Header, Headers} from "../src/libraries/Header.sol";
import {Leaf, Leaves} from "../src/libraries/Leaf.sol";
import {Merkle} from "../src/libraries/Merkle.sol";
import {Iou, Messages, Order, Receipt as SignedReceipt} from "../src/libraries/Messages.sol";
import {Rows} from "../src/libraries/Rows.sol";
import {Fixture} from "./Fixture.sol";

/// @title Python and Solidity compute the same values
/// @notice The vectors are written by the Python package; every claim here recomputes them with the contracts' code.
contract VectorsTest is Fixture {
    using stdJson for string;

    string private json;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("../../tests/vectors/protocol.json");
        deployCodeTo("CreditLines.sol", abi.encode(E, P, N), json.readAddress(".domains.creditLines.verifyingContract"));
        deployCodeTo(
            "Settlement.sol",
            abi.encode(profile(), address(lines), address(providers), treasury, new address[](0), new address[](0)),
            json.readAddress(".domains.settlement.verifyingContract")
        );
        lines = CreditLines(json.readAddress(".domains.creditLines.verifyingContract"));
        settlement = Settlement(json.readAddress(".domains.settlement.verifyingContract"));
    }

    function test_domains_are_the_same() public view {
        assertEq(block.chainid, json.readUint(".domains.settlement.chainId"));
        assertEq(settlement.domainSeparator(), json.readBytes32(".domains.settlement.separator"));
        assertEq(lines.domainSeparator(), json.readBytes32(".domains.creditLines.separator"));
    }

    function test_a_line_signed_by_python_is_the_customers() public view {
        ICreditLines.Line memory line = ICreditLines.Line({
            customer: json.readAddress(".line.customer"),
            settlement: json.readAddress(".line.settlement"),
            hub: json.readAddress(".line.hub"),
            vault: json.readAddress(".line.vault"),
            tenant: json.readString(".line.tenant"),
            capPerEpoch: uint96(json.readUint(".line.capPerEpoch")),
            expiresAt: uint64(json.readUint(".line.expiresAt")),
            orderSigner: json.readAddress(".line.orderSigner"),
            nonce: json.readUint(".line.nonce"),
            validUntil: uint64(json.readUint(".line.validUntil"))
        });
        bytes32 digest = lines.lineDigest(line);
        assertEq(digest, json.readBytes32(".line.digest"));
        assertEq(_recover(digest, json.readBytes(".line.signature")), line.customer);
    }

    function test_an_order_signed_by_python_is_the_order_signers_and_names_its_job() public view {
        Order memory order = Order({
            hub: json.readAddress(".order.hub"),
            vault: json.readAddress(".order.vault"),
            customer: json.readAddress(".order.customer"),
            service: uint64(json.readUint(".order.service")),
            specDigest: json.readBytes32(".order.specDigest"),
            maxAmount: uint96(json.readUint(".order.maxAmount")),
            nonce: json.readUint(".order.nonce"),
            expiresAt: uint64(json.readUint(".order.expiresAt"))
        });
        bytes32 digest = Messages.digest(settlement.domainSeparator(), Messages.hash(order));
        assertEq(digest, json.readBytes32(".order.digest"));
        assertEq(_recover(digest, json.readBytes(".order.signature")), json.readAddress(".order.signer"));
    }

    function test_a_receipt_signed_by_python_is_the_receipt_keys() public view {
        SignedReceipt memory receipt = SignedReceipt({
            hub: json.readAddress(".receipt.hub"),
            vault: json.readAddress(".receipt.vault"),
            customer: json.readAddress(".receipt.customer"),
            jobId: json.readBytes32(".receipt.jobId"),
            attempt: uint32(json.readUint(".receipt.attempt")),
            epoch: uint64(json.readUint(".receipt.epoch")),
            seq: uint32(json.readUint(".receipt.seq")),
            fromMs: uint64(json.readUint(".receipt.fromMs")),
            toMs: uint64(json.readUint(".receipt.toMs")),
            gpuMilliseconds: uint64(json.readUint(".receipt.gpuMilliseconds")),
            providerAmount: uint96(json.readUint(".receipt.providerAmount")),
            outcome: uint8(json.readUint(".receipt.outcome")),
            resultDigest: json.readBytes32(".receipt.resultDigest")
        });
        bytes32 digest = Messages.digest(settlement.domainSeparator(), Messages.hash(receipt));
        assertEq(digest, json.readBytes32(".receipt.digest"));
        assertEq(_recover(digest, json.readBytes(".receipt.signature")), json.readAddress(".receipt.signer"));
    }

    function test_an_iou_signed_by_python_is_the_hubs() public view {
        Iou memory iou = Iou({
            hub: json.readAddress(".iou.hub"),
            vault: json.readAddress(".iou.vault"),
            epoch: uint64(json.readUint(".iou.epoch")),
            payee: json.readAddress(".iou.payee"),
            seq: uint32(json.readUint(".iou.seq")),
            cumulative: uint96(json.readUint(".iou.cumulative"))
        });
        bytes32 digest = Messages.digest(settlement.domainSeparator(), Messages.hash(iou));
        assertEq(digest, json.readBytes32(".iou.digest"));
        assertEq(_recover(digest, json.readBytes(".iou.signature")), iou.hub);
    }

    function test_leaves_and_the_root_of_the_jobs_are_the_same() public {
        uint256 count = json.readUint(".jobs.count");
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            hashes[i] = _leafHash(string.concat(".leaves[", vm.toString(i), "]"));
            bytes32[] memory proof = json.readBytes32Array(string.concat(".jobs.proofs[", vm.toString(i), "]"));
            assertTrue(this.verify(json.readBytes32(".jobs.root"), hashes[i], i, count, proof));
        }
        assertEq(Merkle.root(hashes), json.readBytes32(".jobs.root"));
    }

    function test_roots_of_debit_and_credit_rows_are_the_same() public view {
        bytes32[] memory debits = json.readBytes32Array(".debits.rows");
        bytes32[] memory taken = new bytes32[](debits.length);
        for (uint256 i = 0; i < debits.length; ++i) {
            uint256 amount = json.readUint(string.concat(".debits.taken[", vm.toString(i), "]"));
            taken[i] = Rows.withAmount(debits[i], uint96(amount));
            assertEq(Rows.pack(Rows.accountOf(debits[i]), Rows.amountOf(debits[i])), debits[i]);
        }
        assertEq(this.debitRoot(debits, taken), json.readBytes32(".debits.root"));
        bytes32[] memory credits = json.readBytes32Array(".credits.rows");
        assertEq(this.creditRoot(credits), json.readBytes32(".credits.root"));
    }

    function test_hashes_of_headers_are_the_same() public view {
        Header memory header;
        header.hub = json.readAddress(".header.hub");
        header.vault = json.readAddress(".header.vault");
        header.epoch = uint64(json.readUint(".header.epoch"));
        header.part = uint32(json.readUint(".header.part"));
        header.parts = uint32(json.readUint(".header.parts"));
        header.jobsRoot = json.readBytes32(".header.jobsRoot");
        header.leafCount = uint32(json.readUint(".header.leafCount"));
        header.fileDigest = json.readBytes32(".header.fileDigest");
        header.debitRoot = json.readBytes32(".header.debitRoot");
        header.debitCount = uint32(json.readUint(".header.debitCount"));
        header.creditRoot = json.readBytes32(".header.creditRoot");
        header.creditCount = uint32(json.readUint(".header.creditCount"));
        header.debits = uint96(json.readUint(".header.debits"));
        header.taken = uint96(json.readUint(".header.taken"));
        header.credits = uint96(json.readUint(".header.credits"));
        header.postedAt = uint64(json.readUint(".header.postedAt"));
        header.postedBlock = uint64(json.readUint(".header.postedBlock"));
        header.paramsVersion = uint32(json.readUint(".header.paramsVersion"));
        header.secretHash = json.readBytes32(".header.secretHash");
        header.previousSecret = json.readBytes32(".header.previousSecret");
        assertEq(abi.encodePacked(Headers.hash(header)), json.readBytes(".header.hash"));
    }

    function test_trees_of_every_shape_have_the_same_root_and_proofs() public view {
        for (uint256 t = 0; json.keyExists(string.concat(".trees[", vm.toString(t), "]")); ++t) {
            string memory place = string.concat(".trees[", vm.toString(t), "]");
            bytes32[] memory hashes = new bytes32[](json.readUint(string.concat(place, ".count")));
            bytes32 root = json.readBytes32(string.concat(place, ".root"));
            for (uint256 i = 0; i < hashes.length; ++i) {
                hashes[i] = keccak256(abi.encodePacked(uint8(i)));
                bytes32[] memory proof = json.readBytes32Array(string.concat(place, ".proofs[", vm.toString(i), "]"));
                assertTrue(this.verify(root, hashes[i], i, hashes.length, proof));
            }
            assertEq(Merkle.root(hashes), root);
        }
    }

    function creditRoot(bytes32[] calldata list) external pure returns (bytes32) {
        return Merkle.creditRoot(list);
    }

    function debitRoot(bytes32[] calldata list, bytes32[] calldata taken) external pure returns (bytes32) {
        return Merkle.debitRoot(list, taken);
    }

    function verify(bytes32 root, bytes32 leaf, uint256 index, uint256 count, bytes32[] calldata proof)
        external
        pure
        returns (bool)
    {
        return Merkle.verify(root, leaf, index, count, proof);
    }

    function _leafHash(string memory place) private view returns (bytes32 hash) {
        Leaf memory leaf = Leaf({
            epoch: uint64(json.readUint(string.concat(place, ".epoch"))),
            jobId: json.readBytes32(string.concat(place, ".jobId")),
            seq: uint32(json.readUint(string.concat(place, ".seq"))),
            attempt: uint32(json.readUint(string.concat(place, ".attempt"))),
            fromMs: uint64(json.readUint(string.concat(place, ".fromMs"))),
            toMs: uint64(json.readUint(string.concat(place, ".toMs"))),
            cumulative: uint96(json.readUint(string.concat(place, ".cumulative"))),
            customer: json.readAddress(string.concat(place, ".customer")),
            provider: json.readAddress(string.concat(place, ".provider")),
            service: uint64(json.readUint(string.concat(place, ".service"))),
            providerAmount: uint96(json.readUint(string.concat(place, ".providerAmount"))),
            auditAmount: uint96(json.readUint(string.concat(place, ".auditAmount"))),
            resultDigest: json.readBytes32(string.concat(place, ".resultDigest")),
            receiptDigest: json.readBytes32(string.concat(place, ".receiptDigest"))
        });
        hash = Leaves.hash(leaf);
        assertEq(hash, json.readBytes32(string.concat(place, ".hash")));
    }

    function _recover(bytes32 digest, bytes memory signature) private pure returns (address) {
        assertEq(signature.length, 65);
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        return ecrecover(digest, uint8(signature[64]), r, s);
    }
}
