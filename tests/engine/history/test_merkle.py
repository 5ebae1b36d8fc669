# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree against the vectors of the Certificate Transparency project, and against its own definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.history import merkle

LEAVES = [
    bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                               "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}

sizes = st.integers(min_value=1, max_value=70)


def tree(size: int) -> merkle.Nodes:
    return merkle.nodes_of(leaf(i) for i in range(size))


def leaf(index: int) -> bytes:
    return merkle.leaf_hash(str(index).encode())


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down, over data."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    """The eight leaves of the reference implementation give its roots at every size."""
    nodes = merkle.nodes_of(map(merkle.leaf_hash, LEAVES))
    assert merkle.root(nodes, size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(index: int, size: int) -> None:
    """Path and order of the hashes are the reference's, and they verify."""
    nodes = merkle.nodes_of(map(merkle.leaf_hash, LEAVES))
    path = merkle.inclusion(nodes, index, size)
    assert [h.hex() for h in path] == INCLUSION[index, size]
    assert merkle.includes(bytes.fromhex(ROOTS[size]), size, index, merkle.leaf_hash(LEAVES[index]), path)


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(old: int, new: int) -> None:
    """Path and order of the hashes are the reference's, and they verify."""
    nodes = merkle.nodes_of(map(merkle.leaf_hash, LEAVES))
    path = merkle.consistency(nodes, old, new)
    assert [h.hex() for h in path] == CONSISTENCY[old, new]
    assert merkle.continues(bytes.fromhex(ROOTS[old]), old, bytes.fromhex(ROOTS[new]), new, path)


@given(sizes)
def test_the_root_is_the_definition(size: int) -> None:
    """The stored nodes give the same root as the RFC's recursion over the data."""
    assert merkle.root(tree(size), size) == plain_root([str(i).encode() for i in range(size)])


@given(sizes, st.data())
def test_every_leaf_is_proven_and_only_at_its_place(size: int, data: st.DataObject) -> None:
    """A proof holds for its leaf, index, size and root; with any of them exchanged it does not."""
    index = data.draw(st.integers(0, size - 1))
    nodes = tree(size)
    top, path = merkle.root(nodes, size), merkle.inclusion(nodes, index, size)
    assert merkle.includes(top, size, index, leaf(index), path)
    other = data.draw(st.integers(0, size + 3).filter(lambda i: i != index))
    assert not merkle.includes(top, size, other, leaf(index), path)
    assert not merkle.includes(top, size, index, leaf(size), path)
    assert not merkle.includes(leaf(size), size, index, leaf(index), path)
    assert not merkle.includes(top, size, index, leaf(index), (*path, leaf(0)))
    if path:
        spoilt = data.draw(st.integers(0, len(path) - 1))
        assert not merkle.includes(top, size, index, leaf(index), (*path[:spoilt], leaf(size), *path[spoilt + 1 :]))
        assert not merkle.includes(top, size, index, leaf(index), path[:-1])


@given(sizes, st.data())
def test_a_tree_that_grew_is_consistent_and_no_other(size: int, data: st.DataObject) -> None:
    """Consistency is shown for every earlier size; a tree whose past differs in one leaf is refused."""
    old = data.draw(st.integers(1, size))
    nodes = tree(size)
    old_top, top = merkle.root(nodes, old), merkle.root(nodes, size)
    path = merkle.consistency(nodes, old, size)
    assert merkle.continues(old_top, old, top, size, path)
    altered = data.draw(st.integers(0, old - 1))
    rewritten = merkle.nodes_of(leaf(-1) if i == altered else leaf(i) for i in range(size))
    assert not merkle.continues(
        old_top, old, merkle.root(rewritten, size), size, merkle.consistency(rewritten, old, size)
    )
    assert not merkle.continues(leaf(0) if old > 1 else leaf(1), old, top, size, path)
    if path:
        assert not merkle.continues(old_top, old, top, size, path[:-1])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_growing_in_pieces_is_growing_at_once(pieces: list[int]) -> None:
    """Only the nodes on the right edge are read when leaves are added."""
    kept: dict[tuple[int, int], bytes] = {}
    size = 0
    for piece in pieces:
        for level, index, own in merkle.grow(
            lambda level, index: kept[level, index], size, [leaf(i) for i in range(size, size + piece)]
        ):
            assert (level, index) not in kept
            kept[level, index] = own
        size += piece
        assert merkle.root(lambda level, index: kept[level, index], size) == merkle.root(tree(size), size)


def test_a_leaf_cannot_pass_for_a_node() -> None:
    """Two trees of different sizes over the same bytes have different roots (0x00 and 0x01 go first)."""
    pair = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(pair) != merkle.node_hash(merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b"))


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    """A smaller tree is never a continuation; the empty tree proves nothing."""
    with pytest.raises(ValueError):
        merkle.consistency(tree(5), old, new)
    assert not merkle.continues(leaf(0), old, leaf(1), new, ())


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_for_a_leaf_outside(index: int) -> None:
    """An index beyond the tree has no path and none is accepted."""
    with pytest.raises(ValueError):
        merkle.inclusion(tree(3), index, 3)
    assert not merkle.includes(leaf(0), 3, index, leaf(0), ())
