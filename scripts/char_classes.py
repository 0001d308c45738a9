#!/usr/bin/env python3
"""Writes src/wire/char_class_table.h: the class of every Unicode character, as src/wire/char_class.h names them.

The table is kept in the sources, because tokenizers are tied to one version of Unicode and the
machine's Python may know another. To make it again:

  pip install unicodedata2==16.0.0 && scripts/char_classes.py
"""
import os
import sys

import unicodedata2

VERSION = "16.0.0"  # of the regular expressions that tokenizers split text with
BLOCK = 256
TARGET = os.path.join(os.path.dirname(__file__), "..", "src", "wire", "char_class_table.h")

HEAD = """// Made by scripts/char_classes.py from Unicode {version}; not edited by hand. Characters in blocks of
// {block}; each distinct block is kept once, a letter a character (see char_class.cc).
#pragma once

#include <cstdint>

namespace wye {{

// clang-format off
"""


def letter_of(code):
    if code in (0x0A, 0x0D):
        return "r"
    category = unicodedata2.category(chr(code))
    if category[0] == "Z" or 0x09 <= code <= 0x0D or code == 0x85:
        return "s"
    if category[0] in "MN":
        return category[0].lower()
    return {"Lu": "U", "Lt": "U", "Ll": "l", "Lm": "c", "Lo": "c"}.get(category, ".")


def main():
    if unicodedata2.unidata_version != VERSION:
        sys.exit(f"this table is of Unicode {VERSION}, not {unicodedata2.unidata_version}")
    blocks, block_of = {}, []
    for first in range(0, 0x110000, BLOCK):
        letters = "".join(letter_of(code) for code in range(first, first + BLOCK))
        block_of.append(blocks.setdefault(letters, len(blocks)))
    assert len(blocks) <= 256, "block numbers no longer fit a byte"
    with open(TARGET, "w", encoding="ascii") as out:
        out.write(HEAD.format(version=VERSION, block=BLOCK))
        out.write(f"inline constexpr std::uint8_t char_block_of[{len(block_of)}] = {{\n")
        for row in range(0, len(block_of), 24):
            out.write("  " + ",".join(map(str, block_of[row:row + 24])) + ",\n")
        out.write("};\n\n")
        out.write(f"inline constexpr int char_block_count = {len(blocks)};\n")
        out.write("inline constexpr char char_blocks[] =\n")
        for letters in blocks:
            for row in range(0, BLOCK, 128):
                out.write(f'  "{letters[row:row + 128]}"\n')
        out.write("  ;\n// clang-format on\n\n}  // namespace wye\n")


main()
