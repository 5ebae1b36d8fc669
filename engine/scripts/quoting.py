# SPDX-License-Identifier: Apache-2.0
"""Finding signs outside of quotation marks and brackets, for the notations that surround expressions."""

from __future__ import annotations


def find_outside(text: str, sign: str, start: int = 0, *, any_depth: bool = False) -> int:
    """Where `sign` stands first at or after `start`, outside of quotation marks, or -1.

    Outside of brackets too, unless `any_depth`; a closing bracket that is looked for counts as outside once the one
    it closes has been counted.
    """
    quote, depth, position = "", 0, start
    while position < len(text):
        letter = text[position]
        if quote:
            position += letter == "\\"
            quote = "" if letter == quote else quote
        else:
            if letter in ")]}":
                depth -= 1
            if text.startswith(sign, position) and (any_depth or depth <= 0):
                return position
            if letter in "([{":
                depth += 1
            quote = letter if letter in "\"'" else ""
        position += 1
    return -1


def split_outside(text: str, sign: str, *, any_depth: bool = False) -> list[str]:
    """`text` split at every `sign` that `find_outside` finds."""
    parts, start = [], 0
    while (end := find_outside(text, sign, start, any_depth=any_depth)) >= 0:
        parts.append(text[start:end])
        start = end + len(sign)
    return [*parts, text[start:]]
