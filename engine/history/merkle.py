# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 6962 (section 2.1): roots, inclusion proofs, consistency proofs, and how they are checked.

Pure. A tree is given by ``Nodes``: ``nodes(level, index)`` is the hash of the whole subtree over the leaves from
``index * 2**level`` to before ``(index + 1) * 2**level``; level 0 holds the leaves' hashes. Where nodes are kept is none
of this module's business. Leaves and inner nodes are hashed with different first bytes (0x00, 0x01), so that no leaf can
pass for a node. The checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

Nodes = Callable[[int, int], bytes]
Path = tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(nodes: Nodes, size: int) -> bytes:
    """The tree head over the first ``size`` leaves (``MTH``)."""
    return _subtree(nodes, 0, size) if size else hashlib.sha256().digest()


def inclusion(nodes: Nodes, index: int, size: int) -> Path:
    """The audit path of the leaf ``index`` in the tree over ``size`` leaves (``PATH``).

    Raises:
        ValueError: there is no such leaf in that tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return tuple(_path(nodes, index, 0, size))


def consistency(nodes: Nodes, old: int, new: int) -> Path:
    """The proof that the tree over ``new`` leaves begins with the tree over ``old`` leaves (``PROOF``).

    Raises:
        ValueError: the old tree is empty, or larger than the new one.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} does not continue one of {old}")
    return tuple(_subproof(nodes, old, 0, new, whole=True))


def grow(nodes: Nodes, size: int, leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """(level, index, hash) of every node that comes into being when ``leaves`` (hashes) are added to ``size`` leaves."""
    fresh: dict[tuple[int, int], bytes] = {}
    for index, leaf in enumerate(leaves, size):
        level, own = 0, leaf
        fresh[level, index] = own
        yield level, index, own
        while index & 1:
            left = fresh.get((level, index - 1)) or nodes(level, index - 1)
            level, index, own = level + 1, index >> 1, node_hash(left, own)
            fresh[level, index] = own
            yield level, index, own


def nodes_of(leaves: Iterable[bytes]) -> Nodes:
    """A tree in memory over the given leaf hashes."""
    kept: dict[tuple[int, int], bytes] = {}
    for level, index, own in grow(lambda level, index: kept[level, index], 0, leaves):
        kept[level, index] = own
    return lambda level, index: kept[level, index]


# --- checking ------------------------------------------------------------------------------------------------------


def includes(top: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` shows that ``leaf`` (a hash) is at ``index`` in the tree of ``size`` leaves with root ``top``."""
    if not 0 <= index < size:
        return False
    own, last = index, size - 1
    for other in path:
        if last == 0:
            return False
        if own & 1 or own == last:
            leaf = node_hash(other, leaf)
            own, last = _up(own, last)
        else:
            leaf = node_hash(leaf, other)
        own, last = own >> 1, last >> 1
    return last == 0 and leaf == top


def continues(old_top: bytes, old: int, new_top: bytes, new: int, path: Sequence[bytes]) -> bool:
    """Whether ``path`` shows that the tree (``new``, ``new_top``) only adds leaves to the tree (``old``, ``old_top``)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_top == new_top
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_top)
    if not steps:
        return False
    own, last = old - 1, new - 1
    while own & 1:
        own, last = own >> 1, last >> 1
    first = second = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if own & 1 or own == last:
            first, second = node_hash(other, first), node_hash(other, second)
            own, last = _up(own, last)
        else:
            second = node_hash(second, other)
        own, last = own >> 1, last >> 1
    return last == 0 and first == old_top and second == new_top


def _up(own: int, last: int) -> tuple[int, int]:
    """Climb over the levels at which the last node has no sibling."""
    while own and not own & 1:
        own, last = own >> 1, last >> 1
    return own, last


# --- the recursions of RFC 6962 ------------------------------------------------------------------------------------


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtree(nodes: Nodes, start: int, end: int) -> bytes:
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(size)
    return node_hash(_subtree(nodes, start, middle), _subtree(nodes, middle, end))


def _path(nodes: Nodes, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(nodes, index, start, middle), _subtree(nodes, middle, end)]
    return [*_path(nodes, index, middle, end), _subtree(nodes, start, middle)]


def _subproof(nodes: Nodes, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """``old`` counts from ``start``; ``whole``: the verifier knows the root of the old tree's part."""
    if old == end - start:
        return [] if whole else [_subtree(nodes, start, end)]
    split = _split(end - start)
    middle = start + split
    if old <= split:
        return [*_subproof(nodes, old, start, middle, whole=whole), _subtree(nodes, middle, end)]
    return [*_subproof(nodes, old - split, middle, end, whole=False), _subtree(nodes, start, middle)]
