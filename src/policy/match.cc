// The conditions of rules.
#include "policy/match.h"

#include <algorithm>
#include <cstring>

namespace wye {
namespace {

template <class Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The ends of two texts of `size` bytes, which overlap when they are shorter than two words.
template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) {
  const std::size_t tail = size - sizeof(Word);
  return load<Word>(a) == load<Word>(b) && load<Word>(a + tail) == load<Word>(b + tail);
}

// Equality of names without a call for the usual lengths: a policy of a hundred rules compares
// hundreds of them in a decision.
bool same(const std::string& a, const std::string& b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return same_ends<std::uint64_t>(a.data(), b.data(), size);
  if (size >= 4) return same_ends<std::uint32_t>(a.data(), b.data(), size);
  if (size >= 2) return same_ends<std::uint16_t>(a.data(), b.data(), size);
  return size == 0 || a[0] == b[0];
}

bool compare(Compare how, std::int64_t left, std::int64_t right) {
  switch (how) {
    case Compare::equal: return left == right;
    case Compare::not_equal: return left != right;
    case Compare::less: return left < right;
    case Compare::less_equal: return left <= right;
    case Compare::greater: return left > right;
    case Compare::greater_equal: return left >= right;
  }
  return false;
}

// One overload a condition: a new one that is forgotten here does not compile.
struct Holds {
  const MatchInput& input;

  bool operator()(const KeyIs& is) const { return is.key == input.key && is.key >= 0; }
  bool operator()(const TeamIs& is) const { return same(is.team, input.ask.team); }
  bool operator()(const TaskIs& is) const { return is.task == input.task && is.task >= 0; }
  bool operator()(const DataClassIs& is) const {
    return is.data_class == input.data_class && is.data_class >= 0;
  }
  bool operator()(const EndpointIs& is) const { return is.endpoint == input.ask.endpoint; }
  bool operator()(const StreamIs& is) const { return is.stream == input.ask.stream; }
  bool operator()(const TokensAre& are) const {
    return compare(are.compare, input.ask.input_tokens, are.tokens);
  }
  bool operator()(const TagIs& is) const {
    return std::any_of(input.ask.tags.begin(), input.ask.tags.end(),
                       [&](const std::string& tag) { return same(tag, is.tag); });
  }
  bool operator()(const MetadataIs& is) const {
    for (const auto& [key, value] : input.ask.metadata) {
      if (same(key, is.key)) return same(value, is.value);
    }
    return false;
  }
  bool operator()(const NeedsAbility& needs) const { return input.ask.needs.has(needs.ability); }
  bool operator()(const TimeIs& is) const {
    const int minute = local_minute(is, input.now);
    if (is.from_minute < is.to_minute) return minute >= is.from_minute && minute < is.to_minute;
    // Over midnight; equal ends mean the whole day.
    return minute >= is.from_minute || minute < is.to_minute;
  }
};

}  // namespace

int local_minute(const TimeIs& condition, TimeMs now) {
  const auto& offsets = condition.offsets;
  std::int64_t offset_s = 0;
  if (!offsets.empty()) {
    auto after =
        std::upper_bound(offsets.begin(), offsets.end(), now,
                         [](TimeMs time, const auto& entry) { return time < entry.first; });
    // Before the first entry the first one counts: there is nothing better.
    offset_s = after == offsets.begin() ? after->second : std::prev(after)->second;
  }
  constexpr std::int64_t day_s = 86'400;
  const std::int64_t local_s = (now / 1000 + offset_s) % day_s;
  return static_cast<int>((local_s < 0 ? local_s + day_s : local_s) / 60);
}

bool holds(const Condition& condition, const MatchInput& input) {
  return std::visit(Holds{input}, condition);
}

bool matches(const Rule& rule, const MatchInput& input) {
  const Holds holds_for{input};
  return std::all_of(rule.when.begin(), rule.when.end(),
                     [&](const Condition& condition) { return std::visit(holds_for, condition); });
}

}  // namespace wye
