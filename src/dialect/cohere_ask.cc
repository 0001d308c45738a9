// Cohere ask: the facts of a chat or embed request, in one pass over its JSON. Pure.
#include "dialect/ask_reading.h"
#include "dialect/cohere.h"
#include "dialect/json_walk.h"
#include "dialect/prompt_tally.h"
#include "dialect/rerank.h"
#include "wire/token_estimate.h"

namespace wye::cohere {
namespace {

// What decides where a request goes and what it costs; given twice, a guess would.
constexpr std::string_view decisive[]{
    "model",          "messages", "stream", "tools",  "response_format", "max_tokens", "thinking",
    "stop_sequences", "seed",     "texts",  "images", "inputs",          "logprobs",   "documents"};
constexpr std::string_view decisive_in_message[]{"role", "content", "tool_calls", "tool_plan"};

Fault missing(std::string_view name) {
  return walk::wrong_value(name, "is missing", "missing_required_parameter");
}

// Reads what a model is to see; faults name the place within the message.
class PromptReader {
 public:
  explicit PromptReader(PromptTally& tally) : tally_(tally) {}

  Result<void> read_message(JsonValue& value) {
    if (!walk::is_object(value)) return fail(walk::must_be("", "an object"));
    std::optional<Role> role;
    JsonObject object = value.get_object().value_unsafe();
    auto read =
        for_each_field(object, "", decisive_in_message,
                       [&](std::string_view key, JsonValue& inner) -> Result<void> {
                         if (key == "content") return read_content(inner);
                         if (key == "tool_plan") return read_text(inner, key);
                         if (key == "tool_calls") return read_calls(inner);
                         if (key != "role") return {};
                         auto word = read_string(inner, "role");
                         if (!word) return fail(std::move(word.error()));
                         role = role_from(*word);
                         if (role) return {};
                         return fail(walk::wrong_value(
                             "role", "must be system, user, assistant or tool", "invalid_value"));
                       });
    if (!read) return read;
    if (!role) return fail(missing("role"));
    if (*role == Role::tool) tally_.add(Ability::tools, 0);
    tally_.end_message(*role);
    return {};
  }

  Result<void> read_content(JsonValue& value) {
    if (!walk::is_array(value)) return read_text(value, "content");
    return walk::elements(value, "content",
                          [&](JsonValue& each, std::size_t index) -> Result<void> {
                            auto read = read_part(each);
                            if (read) return {};
                            return fail(walk::inside(std::move(read.error()), "content", index));
                          });
  }

 private:
  Result<void> read_text(JsonValue& value, std::string_view name) {
    if (walk::is_null(value)) return {};
    if (!walk::is_string(value)) return fail(walk::must_be(name, "a string or a list of parts"));
    const std::string_view text = walk::token(value);
    tally_.text(text.substr(1, text.size() - 2));
    return {};
  }

  Result<void> read_part(JsonValue& value) {
    return walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      if (member.key == "text" || member.key == "thinking") {
        return read_text(member.value, member.key);
      }
      if (member.key == "image_url") tally_.add(Ability::images, tokens_an_image);
      if (member.key == "document") tally_.bytes(walk::raw(member.value).size());
      return {};
    });
  }

  Result<void> read_calls(JsonValue& value) {
    if (walk::is_null(value)) return {};
    const std::size_t bytes = walk::raw(value).size();
    return walk::elements(
        value, "tool_calls", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (!walk::is_object(each)) {
            return fail(walk::inside(walk::must_be("", "an object"), "tool_calls", index));
          }
          if (index == 0) tally_.bytes(bytes);
          tally_.add(Ability::tools, 0);
          return {};
        });
  }

  PromptTally& tally_;
};

class AskReader {
 public:
  AskReader(Ask& ask, Endpoint endpoint) : ask_(ask), facts_(ask.facts), prompt_(tally_) {
    facts_.endpoint = endpoint;
  }

  Result<void> read(JsonObject root) {
    auto read = for_each_field(root, "", decisive, [&](std::string_view key, JsonValue& value) {
      return read_member(key, value);
    });
    if (!read) return read;
    if (facts_.model.empty()) return fail(missing("model"));
    if (!has_prompt_) return fail(missing(chat() ? "messages" : "texts"));
    if (facts_.stream) facts_.needs.insert(Ability::stream);
    tally_.settle(facts_);
    return {};
  }

 private:
  bool chat() const { return facts_.endpoint == Endpoint::chat; }

  Result<void> read_member(std::string_view key, JsonValue& value) {
    if (key == "model") return read_model_into(ask_, value);
    if (key == "messages" && chat()) return read_messages(value);
    if (walk::is_null(value)) return {};
    return chat() ? read_chat(key, value) : read_embed(key, value);
  }

  Result<void> read_chat(std::string_view key, JsonValue& value) {
    if (key == "stream") return read_flag_into(facts_.stream, value, key);
    if (key == "logprobs") return read_logprobs_into(facts_, value);
    if (key == "max_tokens") return read_limit(value);
    if (key == "tools") return read_tools_into(facts_, tally_, value);
    if (key == "documents") return read_documents(value);
    if (key == "response_format") return read_format(value);
    if (key == "thinking") return read_thinking(value);
    if (key == "stop_sequences") return read_stop(value);
    if (key == "seed") return read_seed(value);
    return {};
  }

  Result<void> read_embed(std::string_view key, JsonValue& value) {
    if (key == "texts" || key == "images") return read_list(key, value);
    return key == "inputs" ? read_inputs(value) : Result<void>{};
  }

  Result<void> read_messages(JsonValue& value) {
    has_prompt_ = true;
    bool any = false;
    auto read =
        walk::elements(value, "messages", [&](JsonValue& each, std::size_t index) -> Result<void> {
          any = true;
          auto one = prompt_.read_message(each);
          if (one) return {};
          return fail(walk::inside(std::move(one.error()), "messages", index));
        });
    if (read && !any) {
      return fail(walk::wrong_value("messages", "must not be empty", "empty_array"));
    }
    return read;
  }

  Result<void> read_limit(JsonValue& value) {
    auto tokens = read_int(value, "max_tokens");
    if (!tokens) return fail(std::move(tokens.error()));
    if (*tokens < 0) {
      return fail(walk::wrong_value("max_tokens", "must be at least 0", "invalid_value"));
    }
    facts_.output_tokens_max = *tokens;
    return {};
  }

  // Texts to be quoted: any model can be shown them as text.
  Result<void> read_documents(JsonValue& value) {
    if (!walk::is_array(value)) return fail(walk::must_be("documents", "an array"));
    tally_.bytes(walk::raw(value).size() - 2);
    return {};
  }

  Result<void> read_format(JsonValue& value) {
    bool object = false, schema = false;
    auto read = walk::members(value, "response_format", [&](walk::Member& member) -> Result<void> {
      if (member.key == "type") {
        auto type = read_string(member.value, "response_format.type");
        if (!type) return fail(std::move(type.error()));
        object = *type == "json_object";
      } else if (member.key == "schema" || member.key == "json_schema") {
        schema = walk::is_object(member.value);
      }
      return {};
    });
    if (object) facts_.needs.insert(schema ? Ability::json_schema : Ability::json_object);
    return read;
  }

  Result<void> read_thinking(JsonValue& value) {
    const JsonSpan span = member_span(ask_.body, value);
    ask_.thinking_member = {span.offset, span.length};
    bool disabled = false;
    auto read = walk::members(value, "thinking", [&](walk::Member& member) -> Result<void> {
      if (member.key == "type") disabled = walk::token(member.value) == "\"disabled\"";
      return {};
    });
    if (!disabled) facts_.needs.insert(Ability::reasoning);
    return read;
  }

  Result<void> read_stop(JsonValue& value) {
    return walk::elements(
        value, "stop_sequences", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (!walk::is_string(each)) {
            return fail(walk::inside(walk::must_be("", "a string"), "stop_sequences", index));
          }
          facts_.needs.insert(Ability::stop);
          return {};
        });
  }

  Result<void> read_seed(JsonValue& value) {
    auto seed = read_int(value, "seed");
    if (!seed) return fail(std::move(seed.error()));
    facts_.needs.insert(Ability::seed);
    return {};
  }

  Result<void> read_list(std::string_view key, JsonValue& value) {
    has_prompt_ = true;
    return walk::elements(value, key, [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (!walk::is_string(each))
        return fail(walk::inside(walk::must_be("", "a string"), key, index));
      if (key == "images") {
        tally_.add(Ability::images, tokens_an_image);
      } else {
        tally_.bytes(walk::token(each).size() - 2);
      }
      return {};
    });
  }

  Result<void> read_inputs(JsonValue& value) {
    has_prompt_ = true;
    return walk::elements(value, "inputs", [&](JsonValue& each, std::size_t index) -> Result<void> {
      auto read = walk::members(each, "", [&](walk::Member& member) -> Result<void> {
        return member.key == "content" ? prompt_.read_content(member.value) : Result<void>{};
      });
      if (read) return {};
      return fail(walk::inside(std::move(read.error()), "inputs", index));
    });
  }

  Ask& ask_;
  AskFacts& facts_;
  PromptTally tally_;
  PromptReader prompt_;
  bool has_prompt_ = false;
};

}  // namespace

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  if (inbound.endpoint == Endpoint::rerank) {
    return read_rerank_ask(reader, DialectId::cohere, std::move(body));
  }
  Ask ask;
  ask.dialect = DialectId::cohere;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask, inbound.endpoint);
  if (Result<void> read = read_body_into(ask, reader, parts); !read) return fail(read.error());
  return ask;
}

std::string_view stream_content_type(const Ask&) { return "text/event-stream"; }

std::string_view path_of(Endpoint endpoint) {
  if (endpoint == Endpoint::rerank) return "/rerank";
  return endpoint == Endpoint::embeddings ? "/embed" : "/chat";
}

}  // namespace wye::cohere
