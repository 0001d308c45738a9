// What an answer costs: tokens by kind times price by kind.
#include "policy/cost.h"

#include <algorithm>
#include <array>
#include <limits>

namespace wye {
namespace {

struct Portion {
  std::int64_t tokens;
  PicoUsdPerToken price;
};

// Input includes its cached parts, so they are taken out of it; a provider that reports more cached
// than input tokens is not believed beyond the input.
std::array<Portion, 4> portions_of(const Usage& usage, const PriceList& prices) {
  const Price& price = prices.at(usage.input);
  const std::int64_t input = std::max<std::int64_t>(usage.input, 0);
  const std::int64_t cache_read = std::clamp<std::int64_t>(usage.cache_read, 0, input);
  const std::int64_t cache_write =
      std::clamp<std::int64_t>(usage.cache_write, 0, input - cache_read);
  return {{{input - cache_read - cache_write, price.input},
           {cache_read, price.cache_read >= 0 ? price.cache_read : price.input},
           {cache_write, price.cache_write >= 0 ? price.cache_write : price.input},
           {std::max<std::int64_t>(usage.output, 0), price.output}}};
}

NanoUsd part(const Portion& portion) {
  return portion.price < 0 ? 0 : cost_nanousd(portion.tokens, portion.price);
}

}  // namespace

NanoUsd cost_of(const Usage& usage, const PriceList& prices) {
  unsigned __int128 pico = 500;  // half a nano-dollar, to round half up
  for (const Portion& portion : portions_of(usage, prices)) {
    if (portion.tokens == 0) continue;
    if (portion.price < 0) return -1;
    pico += static_cast<unsigned __int128>(portion.tokens) *
            static_cast<unsigned __int128>(portion.price);
  }
  constexpr auto max = std::numeric_limits<NanoUsd>::max();
  // Nearly always it fits, and dividing 128 bits is ten times as slow.
  if (pico >> 64 == 0) return static_cast<NanoUsd>(static_cast<std::uint64_t>(pico) / 1000);
  const unsigned __int128 nano = pico / 1000;
  return nano > static_cast<unsigned __int128>(max) ? max : static_cast<NanoUsd>(nano);
}

CostParts cost_parts_of(const Usage& usage, const PriceList& prices) {
  const auto portions = portions_of(usage, prices);
  return {part(portions[0]), part(portions[1]), part(portions[2]), part(portions[3])};
}

}  // namespace wye
