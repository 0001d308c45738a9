// Values: scalars of the configuration as the house keeps them. Each function gives nothing when
// the node is absent or does not have the form; check_shape has reported that already, so that
// readers can leave it out in silence.
//
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/units.h"
#include "config/document.h"
#include "core/rules.h"

namespace wye::config {

std::optional<bool> read_flag(const Node* node);
std::optional<std::int64_t> read_integer(const Node* node);
std::string read_text(const Node* node);  // "" when absent
std::optional<DurationMs> read_duration(const Node* node);
std::optional<std::pair<DurationMs, DurationMs>> read_duration_range(const Node* node);
std::optional<NanoUsd> read_money(const Node* node);
std::optional<PicoUsdPerToken> read_price(const Node* node);
std::optional<std::int64_t> read_count(const Node* node);
std::optional<std::int64_t> read_bytes(const Node* node);
std::optional<std::int64_t> read_percent_ppm(const Node* node);  // at most 100 %
std::optional<std::int64_t> read_rate(const Node* node);         // a second
std::optional<ListenAddress> read_address(const Node* node);
std::optional<Url> read_url(const Node* node);
std::optional<TokensAre> read_comparison(const Node* node);
std::optional<TimeIs> read_time_window(const Node* node);  // without its offsets
std::optional<TimeMs> read_date(const Node* node);
std::optional<Sha256> read_hash(const Node* node);

// The commit point of streams: `commit`, and for a window its sizes.
std::optional<StreamRules> read_commit(const Node* node);

// "${env:NAME}" or "${file:PATH}".
struct Reference {
  enum class Kind {
    variable,
    file
  } kind = Kind::variable;
  std::string target;
};
std::optional<Reference> read_reference(const Node* node);

// The scalars of a list, or the scalar itself.
std::vector<const Node*> read_list(const Node* node);

}  // namespace wye::config
