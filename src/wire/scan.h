// Scan: finds the first byte of a class, sixteen bytes at a step. The inner loop of this room.
//
// Pure; never reads outside the range it is given. SSE2 is part of every x86-64; on other machines
// the same classes are tried byte by byte.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wye::scan {

// Each class of bytes says the same twice: for one byte, and for sixteen at once.

// What may not stand in a header value: controls but not tab, and DEL.
struct Control {
  static bool matches(unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) {
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
    const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
    return _mm_or_si128(_mm_andnot_si128(tab, low), del);
  }
#endif
};

// What ends a line of a stream.
struct LineEnd {
  static bool matches(unsigned char c) { return c == '\n' || c == '\r'; }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) {
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
  }
#endif
};

// What JSON wants escaped within a string.
struct JsonSpecial {
  static bool matches(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) {
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return _mm_or_si128(low, _mm_or_si128(quote, backslash));
  }
#endif
};

// What is not ASCII.
struct HighBit {
  static bool matches(unsigned char c) { return c >= 0x80; }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) { return bytes; }  // the mask is made of the high bits
#endif
};

// One byte.
template <char wanted>
struct Byte {
  static bool matches(unsigned char c) { return c == static_cast<unsigned char>(wanted); }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted)); }
#endif
};

#ifdef __SSE2__
template <class Class>
inline std::uint32_t mask_of(__m128i bytes) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(Class::matches(bytes)));
}

// One bit for each of the sixteen bytes at `at`.
template <class Class>
inline std::uint32_t mask16(const char* at) {
  return mask_of<Class>(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

// As find, for one to two Words: the first and the last of them, which may overlap, at once.
template <class Class, class Word>
inline const char* find_in_two(const char* from, const char* to) {
  constexpr int width = sizeof(Word);
  Word first;
  Word last;
  std::memcpy(&first, from, width);
  std::memcpy(&last, to - width, width);
  const __m128i both = _mm_unpacklo_epi64(_mm_cvtsi64_si128(static_cast<long long>(first)),
                                          _mm_cvtsi64_si128(static_cast<long long>(last)));
  const std::uint32_t hits = mask_of<Class>(both);
  const std::uint32_t first_hits = hits & ((1u << width) - 1);
  const std::uint32_t last_hits = hits >> 8 & ((1u << width) - 1);
  if (first_hits != 0) return from + std::countr_zero(first_hits);
  return last_hits != 0 ? to - width + std::countr_zero(last_hits) : to;
}
#endif

// The first byte of [from, to) in the class, or `to`.
template <class Class>
inline const char* find(const char* from, const char* to) {
#ifdef __SSE2__
  if (to - from >= 16) {
    for (; to - from >= 16; from += 16) {
      const std::uint32_t hits = mask16<Class>(from);
      if (hits != 0) return from + std::countr_zero(hits);
    }
    // The last bytes once more together with some that were seen already.
    const std::uint32_t hits = mask16<Class>(to - 16) >> (16 - (to - from));
    return hits != 0 ? from + std::countr_zero(hits) : to;
  }
  if (to - from >= 8) return find_in_two<Class, std::uint64_t>(from, to);
  if (to - from >= 4) return find_in_two<Class, std::uint32_t>(from, to);
#endif
  while (from != to && !Class::matches(static_cast<unsigned char>(*from))) ++from;
  return from;
}

// One bit for each of the 64 bytes at `at` that is in the class.
template <class Class>
inline std::uint64_t mask64(const char* at) {
#ifdef __SSE2__
  const auto part = [&](std::ptrdiff_t i) {
    return static_cast<std::uint64_t>(mask16<Class>(at + 16 * i)) << (16 * i);
  };
  return part(0) | part(1) | part(2) | part(3);
#else
  std::uint64_t mask = 0;
  for (int i = 0; i < 64; ++i)
    mask |= std::uint64_t{Class::matches(static_cast<unsigned char>(at[i]))} << i;
  return mask;
#endif
}

// Calls `on_match(const char*)` for every byte of [from, to) in the class until it returns false.
// Where matches are dense this is faster than `find` again and again.
template <class Class, class OnMatch>
inline void for_each(const char* from, const char* to, OnMatch&& on_match) {
  const auto go_through = [&](std::uint64_t matches) {
    for (; matches != 0; matches &= matches - 1)
      if (!on_match(from + std::countr_zero(matches))) return false;
    return true;
  };
  for (; to - from >= 64; from += 64)
    if (!go_through(mask64<Class>(from))) return;
  if (from == to) return;
  const auto size = static_cast<std::size_t>(to - from);
  char tail[64] = {};
  std::memcpy(tail, from, size);
  go_through(mask64<Class>(tail) & ((std::uint64_t{1} << size) - 1));
}

// Whether one of the first `size` of the sixteen bytes at `at` is in the class. Sixteen must be
// readable; size is 16 at most.
template <class Class>
inline bool is_among_few(const char* at, std::size_t size) {
#ifdef __SSE2__
  return (mask16<Class>(at) & ((1u << size) - 1)) != 0;
#else
  return find<Class>(at, at + size) != at + size;
#endif
}

// A set of bytes, made at compile time.
class ByteSet {
 public:
  constexpr ByteSet() = default;
  constexpr ByteSet(std::string_view bytes) {
    for (const char c : bytes) member_[static_cast<unsigned char>(c)] = true;
  }
  constexpr ByteSet with_alphanumeric() const {
    ByteSet more = *this;
    for (const char c :
         std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
      more.member_[static_cast<unsigned char>(c)] = true;
    return more;
  }
  constexpr bool has(char c) const { return member_[static_cast<unsigned char>(c)]; }
  constexpr bool has_all(std::string_view text) const {
    for (const char c : text)
      if (!has(c)) return false;
    return true;
  }

 private:
  std::array<bool, 256> member_{};
};

// What tokens of HTTP are made of: methods and names of headers (RFC 9110).
inline constexpr ByteSet token_bytes = ByteSet("!#$%&'*+-.^_`|~").with_alphanumeric();

// Value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace wye::scan
