"""A proof shows one leaf at one index of one tree, and nothing else; rows keep every wei."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hansa_protocol.identity import Address, address_bytes, address_from_bytes
from hansa_protocol.merkle import MerkleTree, depth_of, inner_node, verify_proof
from hansa_protocol.rows import Row, net_rows, unpack_row
from hansa_protocol.signing import address_of, recover, sign
from hansa_protocol.units import UINT96_MAX, Wei

nodes = st.binary(min_size=32, max_size=32)
accounts = st.integers(1, 9).map(lambda i: address_from_bytes(bytes([i * 17]) * 20))
keys = st.integers(1, 2**255).map(lambda i: i.to_bytes(32, "big"))


@given(st.data(), st.lists(nodes, min_size=1, max_size=70, unique=True))
def test_a_proof_fixes_the_index(data: st.DataObject, leaves: list[bytes]) -> None:
    tree = MerkleTree(leaves)
    index, other = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(0, 2 * len(leaves)))
    proof = tree.proof(index)
    assert verify_proof(tree.root, leaves[index], index, len(leaves), proof)
    assert verify_proof(tree.root, leaves[index], other, len(leaves), proof) == (other == index)


@given(st.lists(nodes, min_size=2, max_size=70, unique=True), st.data())
def test_a_proof_of_another_length_or_leaf_shows_nothing(leaves: list[bytes], data: st.DataObject) -> None:
    tree, index = MerkleTree(leaves), data.draw(st.integers(0, len(leaves) - 1))
    proof, count = tree.proof(index), len(leaves)
    assert not verify_proof(tree.root, leaves[index - 1], index, count, proof)
    assert not verify_proof(tree.root, leaves[index], index, count, proof[:-1])
    assert not verify_proof(tree.root, inner_node(leaves[0], leaves[1]), index // 2, count, proof[1:])


@given(st.lists(nodes, max_size=40))
def test_a_root_is_that_of_the_tree_padded_with_zeros(leaves: list[bytes]) -> None:
    level = leaves + [b"\0" * 32] * (2 ** depth_of(len(leaves)) - len(leaves))
    while len(level) > 1:
        level = [inner_node(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    assert MerkleTree(leaves).root == (level[0] if leaves else b"\0" * 32)


@given(st.lists(st.tuples(accounts, st.integers(0, 2**80)), max_size=30))
def test_netting_loses_no_wei_and_orders_accounts(amounts: list[tuple[Address, int]]) -> None:
    rows = net_rows(amounts)
    expected = Counter[Address]()
    for account, amount in amounts:
        expected[account] += amount
    assert {row.account: row.amount for row in rows} == +expected
    raw = [address_bytes(row.account) for row in rows]
    assert raw == sorted(set(raw))


@given(accounts, st.integers(0, UINT96_MAX))
def test_rows_survive_packing(account: Address, amount: int) -> None:
    row = Row(account, Wei(amount))
    assert unpack_row(row.pack()) == row
    assert len(row.pack()) == 32


@given(keys, nodes)
def test_who_signed_is_recovered(key: bytes, digest: bytes) -> None:
    signature = sign(digest, key)
    assert recover(digest, signature) == address_of(key)
    assert signature == sign(digest, key)
