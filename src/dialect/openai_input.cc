// OpenAI input: what an embeddings request wants embedded, by type and length only. Pure.
#include <string_view>

#include "dialect/json_walk.h"
#include "dialect/openai_messages.h"
#include "wire/token_estimate.h"

namespace wye::openai {
namespace {

constexpr std::string_view input_types =
    "a string, an array of strings, an array of tokens, or an array of token arrays";

Result<void> read_tokens(JsonValue& value, std::int64_t& tokens) {
  return walk::elements(value, "", [&](JsonValue& each, std::size_t index) -> Result<void> {
    if (!walk::is_number(each)) {
      return fail(walk::inside(walk::must_be("", "a token"), "", index));
    }
    ++tokens;
    return {};
  });
}

void add_text(JsonValue& value, std::int64_t& tokens) {
  tokens += tokens_of_bytes(walk::token(value).size() - 2);
}

Result<void> read_item(JsonValue& value, std::int64_t& tokens) {
  if (walk::is_array(value)) return read_tokens(value, tokens);
  if (walk::is_object(value)) {  // multimodal items: of some providers, and of moderations
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "text" && walk::is_string(member.value)) add_text(member.value, tokens);
    });
    return {};
  }
  if (walk::is_string(value)) {
    add_text(value, tokens);
    return {};
  }
  if (!walk::is_number(value)) return fail(walk::must_be("", input_types));
  ++tokens;
  return {};
}

// Texts (and objects), tokens and lists of tokens do not mix.
char kind_of(JsonValue& value) {
  if (walk::is_number(value)) return '0';
  return walk::is_array(value) ? '[' : '"';
}

}  // namespace

Result<void> read_input(JsonValue& input, std::int64_t& tokens) {
  if (walk::is_string(input)) {
    add_text(input, tokens);
    return {};
  }
  if (!walk::is_array(input)) return fail(walk::must_be("input", input_types));
  std::size_t count = 0;
  char kind = 0;
  auto done =
      walk::elements(input, "input", [&](JsonValue& each, std::size_t index) -> Result<void> {
        if (count++ == 0) kind = kind_of(each);
        if (kind != kind_of(each)) return fail(walk::must_be("input", input_types));
        if (Result<void> one = read_item(each, tokens); !one) {
          return fail(walk::inside(std::move(one.error()), "input", index));
        }
        return {};
      });
  if (!done) return done;
  if (count == 0) return fail(walk::wrong_value("input", "must not be empty", "empty_array"));
  return {};
}

}  // namespace wye::openai
