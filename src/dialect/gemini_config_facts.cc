// Gemini generationConfig, facts. Every member is checked for its type, so that a client hears of a
// mistake from us and in one place. Pure.
#include "dialect/gemini_config_facts.h"

#include <array>
#include <limits>
#include <utility>

#include "dialect/gemini_fields.h"

namespace wye::gemini {
namespace {

enum class ConfigField : std::uint8_t {
  max_output_tokens,
  candidate_count,
  stop_sequences,
  seed,
  temperature,
  top_p,
  top_k,
  presence_penalty,
  frequency_penalty,
  response_mime_type,
  response_schema,
  response_json_schema,
  response_logprobs,
  logprobs,
  thinking_config,
};
constexpr std::array<std::pair<std::string_view, ConfigField>, 15> config_field_names{{
    {"maxOutputTokens", ConfigField::max_output_tokens},
    {"candidateCount", ConfigField::candidate_count},
    {"stopSequences", ConfigField::stop_sequences},
    {"seed", ConfigField::seed},
    {"temperature", ConfigField::temperature},
    {"topP", ConfigField::top_p},
    {"topK", ConfigField::top_k},
    {"presencePenalty", ConfigField::presence_penalty},
    {"frequencyPenalty", ConfigField::frequency_penalty},
    {"responseMimeType", ConfigField::response_mime_type},
    {"responseSchema", ConfigField::response_schema},
    {"responseJsonSchema", ConfigField::response_json_schema},
    {"responseLogprobs", ConfigField::response_logprobs},
    {"logprobs", ConfigField::logprobs},
    {"thinkingConfig", ConfigField::thinking_config},
}};

class ConfigFactsReader {
 public:
  explicit ConfigFactsReader(Abilities& needs) : needs_(needs) {}

  Result<void> read(walk::Member& member) {
    const auto field = field_named(config_field_names, member.key);
    if (!field) return {};
    const std::uint32_t bit = 1U << static_cast<unsigned>(*field);
    if ((seen_ & bit) != 0) return fail(walk::duplicate(member.key));
    seen_ |= bit;
    if (walk::is_null(member.value)) return {};
    return read_field(*field, member);
  }

  ConfigFacts settle() {
    if (schema_) needs_.insert(Ability::json_schema);
    if (json_ && !schema_) needs_.insert(Ability::json_object);
    return facts_;
  }

 private:
  Result<void> read_field(ConfigField field, walk::Member& member) {
    switch (field) {
      case ConfigField::max_output_tokens: return read_limit(member);
      case ConfigField::candidate_count: return read_count(member);
      case ConfigField::stop_sequences: return read_stop(member);
      case ConfigField::seed: needs_.insert(Ability::seed); return check_integer(member);
      case ConfigField::logprobs: return check_integer(member);
      case ConfigField::temperature:
      case ConfigField::top_p:
      case ConfigField::top_k:
      case ConfigField::presence_penalty:
      case ConfigField::frequency_penalty: return check_number(member);
      case ConfigField::response_mime_type: return read_type(member);
      case ConfigField::response_schema: schema_ = true; return check_object(member);
      case ConfigField::response_json_schema: schema_ = true; return {};
      case ConfigField::response_logprobs: return read_logprobs(member);
      case ConfigField::thinking_config: return read_thinking(member);
    }
    return {};
  }

  static Result<void> check_integer(walk::Member& member) {
    if (integer_of(member.value)) return {};
    return fail(walk::must_be(member.key, "an integer"));
  }
  static Result<void> check_number(walk::Member& member) {
    if (walk::is_number(member.value) || integer_of(member.value)) return {};
    return fail(walk::must_be(member.key, "a number"));
  }
  static Result<void> check_object(walk::Member& member) {
    if (walk::is_object(member.value)) return {};
    return fail(walk::must_be(member.key, "an object"));
  }

  static Result<std::int64_t> read_not_negative(walk::Member& member) {
    const auto count = integer_of(member.value);
    if (!count) return fail(walk::must_be(member.key, "an integer"));
    if (*count >= 0) return *count;
    return fail(walk::wrong_value(member.key, "must not be negative", "invalid_value"));
  }

  // 0 is "not given" to protocol buffers.
  Result<void> read_limit(walk::Member& member) {
    auto limit = read_not_negative(member);
    if (!limit) return fail(std::move(limit.error()));
    if (*limit > 0) facts_.output_tokens_max = *limit;
    return {};
  }

  Result<void> read_count(walk::Member& member) {
    auto count = read_not_negative(member);
    if (!count) return fail(std::move(count.error()));
    if (*count > std::numeric_limits<int>::max()) {
      return fail(walk::wrong_value(member.key, "is too large", "invalid_value"));
    }
    if (*count > 1) needs_.insert(Ability::n);
    if (*count > 0) facts_.choices = static_cast<int>(*count);
    return {};
  }

  Result<void> read_stop(walk::Member& member) {
    return walk::elements(
        member.value, member.key, [&](JsonValue& each, std::size_t index) -> Result<void> {
          needs_.insert(Ability::stop);
          if (walk::is_string(each)) return {};
          return fail(walk::inside(walk::must_be("", "a string"), member.key, index));
        });
  }

  Result<void> read_type(walk::Member& member) {
    auto type = read_string(member.value, member.key);
    if (!type) return fail(std::move(type.error()));
    json_ = *type == "application/json";
    return {};
  }

  Result<void> read_logprobs(walk::Member& member) {
    auto wanted = read_bool(member.value, member.key);
    if (!wanted) return fail(std::move(wanted.error()));
    if (*wanted) needs_.insert(Ability::logprobs);
    return {};
  }

  // A budget of 0 is a request not to reason, which every model can grant; to see thoughts that
  // come anyway is no need either.
  Result<void> read_thinking(walk::Member& member) {
    facts_.thinking_config = member.value;
    return walk::members(member.value, member.key, [&](walk::Member& each) -> Result<void> {
      if (walk::is_null(each.value)) return {};
      if (is_field(each.key, "thinkingBudget")) {
        const auto budget = integer_of(each.value);
        if (!budget) return fail(walk::inside(walk::must_be(each.key, "an integer"), member.key));
        if (*budget != 0) needs_.insert(Ability::reasoning);
      } else if (is_field(each.key, "thinkingLevel")) {
        needs_.insert(Ability::reasoning);
      }
      return {};
    });
  }

  Abilities& needs_;
  ConfigFacts facts_;
  std::uint32_t seen_ = 0;  // one bit a ConfigField
  bool json_ = false;
  bool schema_ = false;
};

}  // namespace

Result<ConfigFacts> read_config_facts(JsonValue& value, Abilities& needs) {
  ConfigFactsReader parts(needs);
  auto done = walk::members(value, "", [&](walk::Member& member) { return parts.read(member); });
  if (!done) return fail(std::move(done.error()));
  return parts.settle();
}

}  // namespace wye::gemini
