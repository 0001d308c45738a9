#!/usr/bin/env python3
"""Packs the vocabulary of a tokenizer for src/wire/rank_table.h: pack_ranks.py RANKS.json OUT.

The input is a file of the npm package tiktoken: {"bpe_ranks": "! FIRST base64 base64 ..."}.
All numbers are little-endian, four bytes each:

  "wyeranks", slot bits, tokens, bytes of the longest token, bytes of all records
  pairs     65536 numbers: the ranks of the tokens of two bytes, all ones for none
  slots     1 << slot bits numbers: 0, or twelve bits of the hash over twenty of a record's place
  records   rank << 8 | length, then the bytes, filled up to a multiple of four; places count fours
"""
import array
import base64
import json
import struct
import sys

MASK = (1 << 64) - 1
PLACE_BITS = 20


def mix(hashed, word):
    hashed = ((hashed ^ word) * 0x9E3779B97F4A7C15) & MASK
    return hashed ^ (hashed >> 32)


def hash_of(token):
    """The same as RankTable::hash_of()."""
    size = len(token)
    if size >= 8:
        hashed = size
        for at in range(0, size - 8, 8):
            hashed = mix(hashed, int.from_bytes(token[at:at + 8], "little"))
        return mix(hashed, int.from_bytes(token[-8:], "little"))
    if size >= 4:
        return mix(size, int.from_bytes(token[:4] + token[-4:], "little"))
    return mix(size, token[0] | token[size // 2] << 8 | token[-1] << 16)


def read_ranks(path):
    """Tokens with their ranks; a line of the file is "! FIRST token token ..."."""
    with open(path, encoding="ascii") as file:
        lines = json.load(file)["bpe_ranks"].splitlines()
    ranks = {}
    for line in lines:
        mark, first, *tokens = line.split(" ")
        assert mark == "!", mark
        for rank, token in enumerate(tokens, int(first)):
            ranks[base64.b64decode(token)] = rank
    assert all(bytes([byte]) in ranks for byte in range(256)), "a byte is no token"
    return ranks


def pairs_of(ranks):
    pairs = array.array("I", [0xFFFFFFFF]) * 65536
    for token, rank in ranks.items():
        if len(token) == 2:
            pairs[token[0] << 8 | token[1]] = rank
    return pairs


def pack(ranks):
    slot_bits = (2 * len(ranks) - 1).bit_length()
    slots = array.array("I", bytes(4 << slot_bits))
    records = bytearray(4)  # place 0 means an empty slot
    for token, rank in ranks.items():
        place = len(records) // 4
        assert place < 1 << PLACE_BITS and len(token) < 256 and rank < 1 << 24
        records += struct.pack("<I", rank << 8 | len(token)) + token + bytes(-len(token) % 4)
        hashed = hash_of(token)
        slot = hashed & (len(slots) - 1)
        while slots[slot] != 0:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = (hashed >> 52) << PLACE_BITS | place
    pairs = pairs_of(ranks)
    if sys.byteorder == "big":
        pairs.byteswap()
        slots.byteswap()
    head = struct.pack("<8sIIII", b"wyeranks", slot_bits, len(ranks), max(map(len, ranks)), len(records))
    return head + pairs.tobytes() + slots.tobytes() + bytes(records)


def main():
    source, target = sys.argv[1:]
    with open(target, "wb") as out:
        out.write(pack(read_ranks(source)))


main()
