// Chance: choosing by weight from 64 random or hashed bits, in integers only. Floating-point
// logarithms differ in their last bit from one machine to the next, and a replay must not.
// Pure, any thread.
#pragma once

#include <cstdint>

namespace wye {

// -log2(bits / 2^64) as a fixed-point number with 32 fraction bits, within 3e-6 of the true value.
std::uint64_t minus_log2(std::uint64_t bits);

// The weighted score of Efraimidis and Spirakis, and of weighted rendezvous hashing: of candidates
// that each draw 64 uniform bits, the one with the smallest score is candidate i with probability
// weight i / sum of weights; in ascending order the scores are draws without replacement.
// A weight of zero (or less) gives the largest score: never first while another is there.
std::int64_t weighted_score(std::uint64_t bits, std::int64_t weight);

}  // namespace wye
