"""Merkle trees as RFC 6962 builds them: one hash for many leaves, and short proofs that a leaf is among them.

Leaves and nodes are hashed with different prefixes, so that a node can never be passed off as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash over the leaves in their order; SHA-256 of nothing when there are none."""
    if not leaves:
        return hashlib.sha256().digest()
    return _levels(leaves)[-1][0]


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What somebody needs beside the leaf at this place to compute the root. Errors: IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    found: list[bytes] = []
    for level in _levels(leaves)[:-1]:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        index //= 2
    return found


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof shows that the leaf stands at this place of a tree with so many leaves and this root."""
    if not 0 <= index < size:
        return False
    said, last = hashlib.sha256(_LEAF + leaf).digest(), size - 1
    waiting = list(proof)
    while last:
        if index & 1 or index < last:
            if not waiting:
                return False
            beside = waiting.pop(0)
            said = _joined(beside, said) if index & 1 else _joined(said, beside)
        index, last = index // 2, last // 2
    return not waiting and said == expected


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes from the leaves up to the root; what has no neighbour moves up as it is."""
    levels = [[hashlib.sha256(_LEAF + leaf).digest() for leaf in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [_joined(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[len(below) - len(below) % 2 :])
    return levels


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
