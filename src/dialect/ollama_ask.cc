// Ollama ask: the facts of a request, in one pass over its JSON. Pure.
#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/ollama.h"
#include "dialect/prompt_tally.h"
#include "wire/token_estimate.h"

namespace wye::ollama {
namespace {

// What decides where a request goes and what it costs; given twice, a guess would.
constexpr std::string_view decisive[]{"model", "messages", "stream", "tools",   "format",
                                      "think", "options",  "input",  "logprobs"};
constexpr std::string_view decisive_in_message[]{"role", "content", "images", "tool_calls"};

Result<void> read_text(JsonValue& value, std::string_view name, PromptTally& tally) {
  if (walk::is_null(value)) return {};
  if (!walk::is_string(value)) return fail(walk::must_be(name, "a string"));
  const std::string_view text = walk::token(value);
  tally.text(text.substr(1, text.size() - 2));
  return {};
}

Result<void> read_images(JsonValue& value, PromptTally& tally) {
  if (walk::is_null(value)) return {};
  return walk::elements(value, "images", [&](JsonValue& each, std::size_t index) -> Result<void> {
    if (!walk::is_string(each)) {
      return fail(walk::inside(walk::must_be("", "a string"), "images", index));
    }
    tally.add(Ability::images, tokens_an_image);
    return {};
  });
}

Result<void> read_calls(JsonValue& value, PromptTally& tally) {
  if (walk::is_null(value)) return {};
  const std::size_t bytes = walk::raw(value).size();
  return walk::elements(
      value, "tool_calls", [&](JsonValue& each, std::size_t index) -> Result<void> {
        if (!walk::is_object(each)) {
          return fail(walk::inside(walk::must_be("", "an object"), "tool_calls", index));
        }
        if (index == 0) tally.bytes(bytes);
        tally.add(Ability::tools, 0);
        return {};
      });
}

Result<void> read_message(JsonValue& value, PromptTally& tally) {
  if (!walk::is_object(value)) return fail(walk::must_be("", "an object"));
  std::optional<Role> role;
  JsonObject object = value.get_object().value_unsafe();
  auto read = for_each_field(
      object, "", decisive_in_message, [&](std::string_view key, JsonValue& inner) -> Result<void> {
        if (key == "content" || key == "thinking") return read_text(inner, key, tally);
        if (key == "images") return read_images(inner, tally);
        if (key == "tool_calls") return read_calls(inner, tally);
        if (key != "role") return {};
        auto word = read_string(inner, "role");
        if (!word) return fail(std::move(word.error()));
        role = role_from(*word);
        if (role) return {};
        return fail(
            walk::wrong_value("role", "must be system, user, assistant or tool", "invalid_value"));
      });
  if (!read) return read;
  if (!role) return fail(walk::wrong_value("role", "is missing", "missing_required_parameter"));
  if (*role == Role::tool) tally.add(Ability::tools, 0);
  tally.end_message(*role);
  return {};
}

class AskReader {
 public:
  AskReader(Ask& ask, Endpoint endpoint) : ask_(ask), facts_(ask.facts) {
    facts_.endpoint = endpoint;
    facts_.stream = endpoint == Endpoint::chat;  // unless the client says otherwise
  }

  Result<void> read(JsonObject root) {
    auto read = for_each_field(root, "", decisive, [&](std::string_view key, JsonValue& value) {
      return read_member(key, value);
    });
    if (!read) return read;
    if (facts_.model.empty()) {
      return fail(walk::wrong_value("model", "is missing; it names a task, route or deployment",
                                    "missing_required_parameter"));
    }
    if (!has_prompt_) {
      return fail(walk::wrong_value(chat() ? "messages" : "input", "is missing",
                                    "missing_required_parameter"));
    }
    if (facts_.stream) facts_.needs.insert(Ability::stream);
    tally_.settle(facts_);
    return {};
  }

 private:
  bool chat() const { return facts_.endpoint == Endpoint::chat; }

  Result<void> read_member(std::string_view key, JsonValue& value) {
    if (key == "model") return read_model_into(ask_, value);
    if (!chat()) return key == "input" ? read_input(value) : Result<void>{};
    if (key == "messages") return read_messages(value);
    if (walk::is_null(value)) return {};
    if (key == "stream") return read_flag_into(facts_.stream, value, key);
    if (key == "logprobs") return read_logprobs_into(facts_, value);
    if (key == "tools") return read_tools_into(facts_, tally_, value);
    if (key == "format") return read_format(value);
    if (key == "think") return read_think(value);
    if (key == "options") return read_options(value);
    return {};
  }

  Result<void> read_messages(JsonValue& value) {
    has_prompt_ = true;
    return walk::elements(value, "messages",
                          [&](JsonValue& each, std::size_t index) -> Result<void> {
                            auto read = read_message(each, tally_);
                            if (read) return {};
                            return fail(walk::inside(std::move(read.error()), "messages", index));
                          });
  }

  Result<void> read_input(JsonValue& value) {
    has_prompt_ = true;
    if (walk::is_string(value)) return read_text(value, "input", tally_);
    if (!walk::is_array(value)) {
      return fail(walk::must_be("input", "a string or an array of strings"));
    }
    return walk::elements(value, "input", [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (walk::is_string(each)) return read_text(each, "input", tally_);
      return fail(walk::inside(walk::must_be("", "a string"), "input", index));
    });
  }

  // "json", a schema, or "" for none.
  Result<void> read_format(JsonValue& value) {
    if (walk::is_object(value)) {
      facts_.needs.insert(Ability::json_schema);
    } else if (!walk::is_string(value)) {
      return fail(walk::must_be("format", "\"json\" or a JSON schema"));
    } else if (walk::token(value) == "\"json\"") {
      facts_.needs.insert(Ability::json_object);
    }
    return {};
  }

  Result<void> read_think(JsonValue& value) {
    const std::string_view token = walk::token(value);
    if (token != "true" && token != "false" && !walk::is_string(value)) {
      return fail(walk::must_be("think", "true, false, or a level"));
    }
    const JsonSpan member = member_span(ask_.body, value);
    ask_.thinking_member = {member.offset, member.length};
    if (token != "false") facts_.needs.insert(Ability::reasoning);
    return {};
  }

  Result<void> read_options(JsonValue& value) {
    return walk::members(value, "options", [&](walk::Member& member) -> Result<void> {
      if (walk::is_null(member.value)) return {};
      if (member.key == "seed") facts_.needs.insert(Ability::seed);
      if (member.key == "stop") facts_.needs.insert(Ability::stop);
      if (member.key != "num_predict") return {};
      auto tokens = read_int(member.value, "options.num_predict");
      if (!tokens) return fail(std::move(tokens.error()));
      // Negative: as much as there is room for.
      if (*tokens > 0) facts_.output_tokens_max = *tokens;
      return {};
    });
  }

  Ask& ask_;
  AskFacts& facts_;
  PromptTally tally_;
  bool has_prompt_ = false;
};

}  // namespace

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  Ask ask;
  ask.dialect = DialectId::ollama;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask, inbound.endpoint);
  if (Result<void> read = read_body_into(ask, reader, parts); !read) return fail(read.error());
  return ask;
}

std::string_view stream_content_type(const Ask&) { return "application/x-ndjson"; }

}  // namespace wye::ollama
