// Anthropic betas: the table. Words are compared without the date at their end, which changes while
// the feature, and who offers it, stays. Pure.
#include "dialect/anthropic_betas.h"

#include <algorithm>

#include "base/text.h"

namespace wye::anthropic {
namespace {

struct BetaRow {
  std::string_view feature;  // the word without its date
  bool own;                  // Anthropic
  bool vertex;
  bool bedrock;
};

constexpr BetaRow rows[]{
    // Names the client's credential, and ours is another one.
    {"oauth", false, false, false},
    {"interleaved-thinking", true, true, true},
    {"dev-full-thinking", true, true, true},
    {"context-1m", true, true, true},
    {"context-management", true, true, true},
    {"computer-use", true, true, true},
    {"token-efficient-tools", true, true, true},
    {"output-128k", true, true, true},
    {"extended-cache-ttl", true, true, true},
    {"tool-search-tool", true, true, true},
    {"tool-examples", true, true, true},
    {"web-search", true, true, false},
    {"effort", true, true, false},
};

constexpr BetaRow unknown{"", true, false, false};

// "context-1m-2025-08-07" without "-2025-08-07".
std::string_view without_date(std::string_view word) {
  constexpr std::string_view form = "-0000-00-00";
  if (word.size() <= form.size()) return word;
  const std::string_view tail = word.substr(word.size() - form.size());
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? !is_digit(tail[i]) : tail[i] != form[i]) return word;
  }
  return word.substr(0, word.size() - form.size());
}

const BetaRow& row_of(std::string_view word) {
  const std::string_view feature = without_date(word);
  for (const BetaRow& row : rows) {
    if (row.feature == feature) return row;
  }
  return unknown;
}

bool passes(std::string_view word, Hosting hosting) {
  const BetaRow& row = row_of(word);
  if (hosting == Hosting::vertex) return row.vertex;
  if (hosting == Hosting::bedrock) return row.bedrock;
  return row.own;
}

// A header is not the place for anything else, whatever a client managed to put there.
bool is_word(std::string_view word) {
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

SortedBetas sort_betas(std::string_view header, Hosting hosting) {
  SortedBetas out;
  for (const std::string_view piece : split(header, ',')) {
    const std::string_view word = trim(piece);
    if (word.empty()) continue;
    if (!is_word(word) || !passes(word, hosting)) {
      out.dropped.emplace_back(word);
      continue;
    }
    if (!out.passed.empty()) out.passed += ',';
    out.passed += word;
  }
  return out;
}

}  // namespace wye::anthropic
