// RankTable: the vocabulary of a tokenizer: which strings of bytes are tokens, and which token each
// is. A token's number is also its rank, in which order pairs are merged. scripts/pack_ranks.py
// makes the table at build time, a hash table that is looked up where it lies: nothing is loaded
// and nothing kept, so an object costs nothing to make. The bytes must outlive it.
//
// Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/result.h"

namespace wye {

class RankTable {
 public:
  static constexpr std::uint32_t no_token = 0xFFFFFFFF;

  // Fails when the bytes are no such table. What is inside is believed: the build made it.
  static Result<RankTable> open(std::string_view table);

  // no_token: these bytes are none.
  std::uint32_t find(std::string_view bytes) const {
    if (bytes.size() == 2) return pair(bytes[0], bytes[1]);
    if (bytes.empty() || bytes.size() > longest_) return no_token;
    const std::uint64_t hash = hash_of(bytes);
    const auto fingerprint = static_cast<std::uint32_t>(hash >> 52);
    for (std::uint64_t slot = hash & slot_mask_;; slot = (slot + 1) & slot_mask_) {
      const std::uint32_t entry = number_at(slots_ + slot * 4);
      if (entry == 0) return no_token;
      if (entry >> position_bits != fingerprint) continue;
      const char* record = records_ + (entry & position_mask) * std::size_t{4};
      const std::uint32_t head = number_at(record);
      if ((head & 0xFF) == bytes.size() && is_equal(record + 4, bytes)) return head >> 8;
    }
  }

  // The same of two bytes, which merging asks for most.
  std::uint32_t pair(char first, char second) const {
    const std::size_t index =
        std::size_t{static_cast<unsigned char>(first)} << 8 | static_cast<unsigned char>(second);
    return number_at(pairs_ + index * 4);
  }

  std::size_t longest() const { return longest_; }  // bytes of the longest token
  std::size_t size() const { return count_; }

 private:
  // An entry of the hash table: twelve bits of the hash, and where the record is, in words.
  static constexpr int position_bits = 20;
  static constexpr std::uint32_t position_mask = (1U << position_bits) - 1;

  static std::uint32_t number_at(const char* bytes) {
    std::uint32_t number;
    std::memcpy(&number, bytes, sizeof number);
    return number;
  }
  static std::uint64_t word_at(const char* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  static std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    return hash ^ hash >> 32;
  }

  // The same as hash_of() of scripts/pack_ranks.py: whole words, the last of which may overlap the
  // one before.
  static std::uint64_t hash_of(std::string_view bytes) {
    const char* const begin = bytes.data();
    const std::size_t size = bytes.size();
    if (size >= 8) {
      std::uint64_t hash = size;
      for (std::size_t at = 0; at + 8 < size; at += 8) hash = mix(hash, word_at(begin + at));
      return mix(hash, word_at(begin + size - 8));
    }
    if (size >= 4) {
      return mix(size, number_at(begin) | std::uint64_t{number_at(begin + size - 4)} << 32);
    }
    const auto byte = [&](std::size_t at) -> std::uint64_t {
      return static_cast<unsigned char>(begin[at]);
    };
    return mix(size, byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16);
  }

  // By whole words, as they are hashed: few are longer than one, and a call would cost more.
  static bool is_equal(const char* token, std::string_view bytes) {
    const char* const begin = bytes.data();
    const std::size_t size = bytes.size();
    if (size >= 8) {
      for (std::size_t at = 0; at + 8 < size; at += 8) {
        if (word_at(token + at) != word_at(begin + at)) return false;
      }
      return word_at(token + size - 8) == word_at(begin + size - 8);
    }
    if (size >= 4) {
      return number_at(token) == number_at(begin) &&
             number_at(token + size - 4) == number_at(begin + size - 4);
    }
    return token[0] == begin[0] && token[size / 2] == begin[size / 2] &&
           token[size - 1] == begin[size - 1];
  }

  const char* pairs_ = nullptr;
  const char* slots_ = nullptr;
  const char* records_ = nullptr;
  std::uint64_t slot_mask_ = 0;
  std::size_t longest_ = 0;
  std::size_t count_ = 0;
};

}  // namespace wye
