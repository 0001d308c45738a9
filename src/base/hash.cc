#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace wye {
namespace {

// Looking the algorithm up anew, as SHA256() does, costs more than the hash of a key.
const EVP_MD* algorithm() {
  static EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

}  // namespace

Sha256 sha256(std::string_view data) {
  Sha256 out{};
  EVP_Digest(data.data(), data.size(), out.data(), nullptr, algorithm(), nullptr);
  return out;
}

Sha256 sha256(std::span<const std::string_view> pieces) {
  Sha256 out{};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), algorithm(), nullptr);
  for (const std::string_view piece : pieces) {
    EVP_DigestUpdate(context.get(), piece.data(), piece.size());
  }
  EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
  return out;
}

Sha256 hmac_sha256(std::string_view key, std::string_view data) {
  Sha256 out{};
  HMAC(algorithm(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), out.data(), nullptr);
  return out;
}

std::string sha256_hex(std::string_view data) { return to_hex(sha256(data)); }

std::uint64_t mix64(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

std::uint64_t hash64(std::string_view data, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : data) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix64(hash);
}

std::uint64_t checksum64(std::string_view data, std::uint64_t seed) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15ULL;
  constexpr int turn = 23;
  std::uint64_t sum = seed ^ data.size();
  std::uint64_t word = 0;
  for (; data.size() >= sizeof word; data.remove_prefix(sizeof word)) {
    std::memcpy(&word, data.data(), sizeof word);
    sum = (std::rotl(sum, turn) ^ word) * odd;
  }
  word = 0;
  std::copy(data.begin(), data.end(), reinterpret_cast<char*>(&word));
  sum = (std::rotl(sum, turn) ^ word) * odd;
  return sum ^ (sum >> 32);
}

std::uint64_t Dice::next() {
  const std::uint64_t out = mix64(state_);
  state_ += 0x9e3779b97f4a7c15ULL;
  return out;
}

std::uint64_t Dice::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
}

double Dice::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace wye
