// OpenAI ask: reads the facts that a decision needs from a request, in one pass over its JSON, and
// marks the places where the body may be spliced. Nothing of the content is copied or unescaped.
// JsonReader has checked all of it, so that a body which one parser accepts and another refuses
// never gets here. Pure.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/openai.h"
#include "dialect/openai_messages.h"
#include "dialect/openai_spans.h"
#include "dialect/reserved.h"
#include "dialect/typed_members.h"
#include "wire/token_estimate.h"

namespace wye::openai {
namespace {

enum class Field : std::uint8_t {
  model,
  messages,
  input,
  stream,
  stream_options,
  max_tokens,
  max_completion_tokens,
  n,
  stop,
  seed,
  logprobs,
  tools,
  functions,
  parallel_tool_calls,
  response_format,
  reasoning_effort,
  reasoning,
  thinking,
  user,
  safety_identifier,
  prompt_cache_key,
  metadata,
  encoding_format,
  dimensions,
};
constexpr std::array<std::pair<std::string_view, Field>, 24> field_names{{
    {"model", Field::model},
    {"messages", Field::messages},
    {"input", Field::input},
    {"stream", Field::stream},
    {"stream_options", Field::stream_options},
    {"max_tokens", Field::max_tokens},
    {"max_completion_tokens", Field::max_completion_tokens},
    {"n", Field::n},
    {"stop", Field::stop},
    {"seed", Field::seed},
    {"logprobs", Field::logprobs},
    {"tools", Field::tools},
    {"functions", Field::functions},
    {"parallel_tool_calls", Field::parallel_tool_calls},
    {"response_format", Field::response_format},
    {"reasoning_effort", Field::reasoning_effort},
    {"reasoning", Field::reasoning},
    {"thinking", Field::thinking},
    {"user", Field::user},
    {"safety_identifier", Field::safety_identifier},
    {"prompt_cache_key", Field::prompt_cache_key},
    {"metadata", Field::metadata},
    {"encoding_format", Field::encoding_format},
    {"dimensions", Field::dimensions},
}};

// Members of a chat request that nothing here reads.
constexpr TypedMember passed_on[]{
    {"temperature", JsonType::number},
    {"top_p", JsonType::number},
    {"tool_choice", JsonType::text_or_object},
    {"store", JsonType::flag},
    {"presence_penalty", JsonType::number},
    {"frequency_penalty", JsonType::number},
    {"top_logprobs", JsonType::integer},
    {"logit_bias", JsonType::object},
    {"service_tier", JsonType::text},
    {"verbosity", JsonType::text},
    {"modalities", JsonType::array},
    {"audio", JsonType::object},
    {"prediction", JsonType::object},
    {"web_search_options", JsonType::object},
    {"function_call", JsonType::text_or_object},
    {"top_k", JsonType::integer},
    {"min_p", JsonType::number},
    {"repetition_penalty", JsonType::number},
};
constexpr TypedMember function_members[]{
    {"name", JsonType::text},
    {"description", JsonType::text},
    {"parameters", JsonType::object},
    {"strict", JsonType::flag},
};
constexpr TypedMember schema_members[]{
    {"name", JsonType::text},
    {"description", JsonType::text},
    {"schema", JsonType::object},
    {"strict", JsonType::flag},
};

// What OpenAI takes when a client names no model, which only moderations may do.
constexpr std::string_view default_moderation_model = "omni-moderation-latest";

class AskReader {
 public:
  AskReader(Ask& ask, Endpoint endpoint) : ask_(ask), facts_(ask.facts) {
    facts_.endpoint = endpoint;
  }

  Result<void> read(JsonObject root) {
    auto done = walk::members(root, [&](walk::Member& member) { return read_member(member); });
    if (!done) return done;
    if (Result<void> whole = check_whole(); !whole) return whole;
    settle();
    return {};
  }

 private:
  Result<void> read_member(walk::Member& member) {
    const auto field = walk::field_named(field_names, member.key);
    if (!field || !belongs_here(*field)) {
      kept_seen_ = true;
      note_reserved(member.key, ask_);
      if (facts_.endpoint == Endpoint::chat) return check_type(passed_on, member);
      return {};
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(*field);
    if ((seen_ & bit) != 0) return fail(walk::duplicate(member.key));
    seen_ |= bit;
    return read_field(*field, member);
  }

  // A chat body may carry a member named "input" that is none of our business, and so on.
  bool belongs_here(Field field) const {
    const bool embeddings_only =
        field == Field::input || field == Field::encoding_format || field == Field::dimensions;
    const bool anywhere = field == Field::model || field == Field::user || field == Field::metadata;
    if (facts_.endpoint == Endpoint::chat) return !embeddings_only;
    if (facts_.endpoint == Endpoint::moderations) return field == Field::input || anywhere;
    return embeddings_only || anywhere;
  }

  Result<void> read_field(Field field, walk::Member& member) {
    JsonValue& value = member.value;
    if (field == Field::metadata) return read_metadata(member);
    if (Cut* cut = cut_of(field)) {
      *cut = {member.value, !kept_seen_};
      return read_reasoning(field, value);
    }
    kept_seen_ = true;
    if (field == Field::model) return read_model(value);
    if (field == Field::messages) return read_messages(value);
    if (field == Field::input) return read_input(value, facts_.input_tokens);
    if (field == Field::stream_options) return read_stream_options(value);
    if (walk::is_null(value)) return {};  // null is "not given" everywhere else
    switch (field) {
      case Field::stream: return read_flag(value, "stream", facts_.stream, Ability::stream);
      case Field::logprobs: return read_flag(value, "logprobs", logprobs_, Ability::logprobs);
      case Field::parallel_tool_calls: return read_parallel(value);
      case Field::n: return read_n(value);
      case Field::max_tokens: return read_limit(value, "max_tokens");
      case Field::max_completion_tokens: return read_limit(value, "max_completion_tokens");
      case Field::seed: return read_seed(value);
      case Field::stop: return read_stop(value);
      case Field::tools: return read_tools(value, "tools");
      case Field::functions: return read_tools(value, "functions");
      case Field::response_format: return read_response_format(value);
      case Field::user: return read_hash(value, "user", user_);
      case Field::safety_identifier: return read_hash(value, "safety_identifier", safety_);
      case Field::prompt_cache_key: return read_hash(value, "prompt_cache_key", cache_key_);
      case Field::encoding_format: return read_encoding(value);
      case Field::dimensions: return read_dimensions(value);
      default: return {};
    }
  }

  Result<void> read_model(JsonValue& value) {
    marks_.model = value;
    auto model = read_string(value, "model");
    if (!model) return fail(std::move(model.error()));
    if (model->empty()) {
      return fail(walk::wrong_value("model", "must name a task, route or deployment",
                                    "missing_required_parameter"));
    }
    facts_.model = *model;
    return {};
  }

  Result<void> read_messages(JsonValue& value) {
    MessageFacts seen;
    if (Result<void> done = read_message_facts(value, seen); !done) return done;
    facts_.needs = Abilities::from_bits(facts_.needs.bits() | seen.needs.bits());
    facts_.input_tokens += seen.tokens;
    facts_.prefix_hash = seen.prefix_hash;
    ask_.has_developer = seen.developer;
    ask_.has_calls = seen.calls;
    return {};
  }

  Result<void> read_flag(JsonValue& value, std::string_view name, bool& out, Ability need) {
    auto flag = read_bool(value, name);
    if (!flag) return fail(std::move(flag.error()));
    out = *flag;
    if (out) facts_.needs.insert(need);
    return {};
  }

  Result<void> read_parallel(JsonValue& value) {
    auto flag = read_bool(value, "parallel_tool_calls");
    if (!flag) return fail(std::move(flag.error()));
    parallel_ = *flag;
    return {};
  }

  Result<void> read_n(JsonValue& value) {
    auto n = read_int(value, "n");
    if (!n) return fail(std::move(n.error()));
    if (*n < 1 || *n > 128) {
      return fail(walk::wrong_value("n", "must be between 1 and 128", "invalid_value"));
    }
    facts_.choices = static_cast<int>(*n);
    if (*n > 1) facts_.needs.insert(Ability::n);
    return {};
  }

  Result<void> read_limit(JsonValue& value, std::string_view name) {
    auto tokens = read_int(value, name);
    if (!tokens) return fail(std::move(tokens.error()));
    if (*tokens < 1) return fail(walk::wrong_value(name, "must be at least 1", "invalid_value"));
    if (facts_.output_tokens_max >= 0) {
      return fail(walk::wrong_value(
          name,
          fmt::format("cannot stand beside {}; give one of the two",
                      ask_.limit_is_completion ? "max_completion_tokens" : "max_tokens"),
          "invalid_parameter_combination"));
    }
    facts_.output_tokens_max = *tokens;
    ask_.limit_is_completion = name == "max_completion_tokens";
    return {};
  }

  Result<void> read_seed(JsonValue& value) {
    auto seed = read_int(value, "seed");
    if (!seed) return fail(std::move(seed.error()));
    facts_.needs.insert(Ability::seed);
    return {};
  }

  Result<void> read_stop(JsonValue& value) {
    if (walk::is_string(value)) {
      facts_.needs.insert(Ability::stop);
      return {};
    }
    if (!walk::is_array(value)) {
      return fail(walk::must_be("stop", "a string or an array of strings"));
    }
    return walk::elements(value, "stop", [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (!walk::is_string(each)) {
        return fail(walk::inside(walk::must_be("", "a string"), "stop", index));
      }
      facts_.needs.insert(Ability::stop);
      return {};
    });
  }

  // The bytes of the schemas count as prompt: providers put them there.
  Result<void> read_tools(JsonValue& value, std::string_view name) {
    const std::size_t bytes = walk::raw(value).size();
    return walk::elements(value, name, [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (!walk::is_object(each)) {
        return fail(walk::inside(walk::must_be("", "an object"), name, index));
      }
      if (index == 0) facts_.input_tokens += tokens_of_bytes(bytes);
      facts_.needs.insert(Ability::tools);
      auto checked = name == "tools" ? check_tool(each) : check_function(each);
      if (!checked) return fail(walk::inside(std::move(checked.error()), name, index));
      return {};
    });
  }

  // Tools of other types than "function" are their provider's own business.
  static Result<void> check_tool(JsonValue& tool) {
    std::string_view type;
    bool function = false;
    auto checked = walk::members(tool, "", [&](walk::Member& member) -> Result<void> {
      if (walk::is_null(member.value)) return {};
      if (member.key == "type") {
        if (!walk::is_string(member.value)) return fail(walk::must_be("type", "a string"));
        type = walk::token(member.value);
      }
      if (member.key != "function") return {};
      function = true;
      auto inner = check_function(member.value);
      if (!inner) return fail(walk::inside(std::move(inner.error()), "function"));
      return {};
    });
    if (!checked || function || type != "\"function\"") return checked;
    return fail(walk::wrong_value("function", "is missing", "missing_required_parameter"));
  }

  static Result<void> check_function(JsonValue& function) {
    bool named = false;
    if (!walk::is_object(function)) return fail(walk::must_be("", "an object"));
    auto checked = walk::members(function, "", [&](walk::Member& member) -> Result<void> {
      named = named || (member.key == "name" && walk::is_string(member.value));
      return check_type(function_members, member);
    });
    if (!checked || named) return checked;
    return fail(walk::wrong_value("name", "is missing", "missing_required_parameter"));
  }

  Result<void> read_response_format(JsonValue& value) {
    bool typed = false, schema = false;
    auto read = walk::members(value, "response_format", [&](walk::Member& member) -> Result<void> {
      // `schema` and `value` are the places of other providers.
      if (member.key == "schema" || member.key == "value") {
        schema = schema || !walk::is_null(member.value);
      }
      if (member.key == "json_schema" && !walk::is_null(member.value)) {
        schema = true;
        return check_types(schema_members, member.value, "response_format.json_schema");
      }
      if (member.key != "type") return {};
      if (typed) return fail(walk::duplicate("response_format.type"));
      typed = true;
      auto type = read_string(member.value, "response_format.type");
      if (!type) return fail(std::move(type.error()));
      if (*type == "json_object") facts_.needs.insert(Ability::json_object);
      if (*type == "json_schema") facts_.needs.insert(Ability::json_schema);
      return {};
    });
    if (!read) return read;
    if (!typed) {
      return fail(
          walk::wrong_value("response_format.type", "is missing", "missing_required_parameter"));
    }
    if (!schema && facts_.needs.has(Ability::json_schema)) {
      return fail(walk::wrong_value("response_format.json_schema", "is missing",
                                    "missing_required_parameter"));
    }
    return {};
  }

  // "none" and "disabled" are requests not to reason, which every model can grant.
  Result<void> read_reasoning(Field field, JsonValue& value) {
    if (walk::is_null(value)) return {};
    if (field == Field::reasoning_effort) {
      auto effort = read_string(value, "reasoning_effort");
      if (!effort) return fail(std::move(effort.error()));
      if (*effort != "none") facts_.needs.insert(Ability::reasoning);
      return {};
    }
    bool wanted = walk::is_object(value);
    walk::members_if(value, [&](walk::Member& member) {
      const bool says = member.key == "effort" || member.key == "type" || member.key == "enabled";
      const std::string_view text = walk::token(member.value);
      if (says && (text == "\"none\"" || text == "\"disabled\"" || text == "false")) wanted = false;
    });
    if (wanted) facts_.needs.insert(Ability::reasoning);
    return {};
  }

  Result<void> read_hash(JsonValue& value, std::string_view name, std::uint64_t& out) {
    auto text = read_string(value, name);
    if (!text) return fail(std::move(text.error()));
    if (!text->empty()) out = std::max<std::uint64_t>(hash64(*text), 1);
    return {};
  }

  Result<void> read_encoding(JsonValue& value) {
    auto text = read_string(value, "encoding_format");
    if (!text) return fail(std::move(text.error()));
    ask_.client_wants_base64 = *text == "base64";
    if (ask_.client_wants_base64 || *text == "float") return {};
    return fail(
        walk::wrong_value("encoding_format", "must be \"float\" or \"base64\"", "invalid_value"));
  }

  Result<void> read_dimensions(JsonValue& value) {
    auto count = read_int(value, "dimensions");
    if (!count) return fail(std::move(count.error()));
    if (*count >= 1) return {};
    return fail(walk::wrong_value("dimensions", "must be at least 1", "invalid_value"));
  }

  Result<void> read_stream_options(JsonValue& value) {
    marks_.stream_options = value;
    if (walk::is_null(value)) return {};
    return walk::members(value, "stream_options", [&](walk::Member& member) -> Result<void> {
      if (member.key != "include_usage") return {};
      if (marks_.include_usage) return fail(walk::duplicate("stream_options.include_usage"));
      marks_.include_usage = member.value;
      if (walk::is_null(member.value)) return {};
      auto flag = read_bool(member.value, "stream_options.include_usage");
      if (!flag) return fail(std::move(flag.error()));
      ask_.client_wants_usage = *flag;
      return {};
    });
  }

  Result<void> read_metadata(walk::Member& member) {
    marks_.metadata = {member.value, !kept_seen_};
    if (walk::is_null(member.value)) return {};
    return walk::members(member.value, "metadata",
                         [&](walk::Member& pair) { return read_metadata_pair(pair); });
  }

  Result<void> read_metadata_pair(walk::Member& pair) {
    const bool first = marks_.metadata_members++ == 0;
    if (pair.key != "task") {
      if (!walk::is_string(pair.value)) return {};
      auto text = read_string(pair.value, "metadata");
      if (!text) return fail(std::move(text.error()));
      return add_metadata(facts_, "metadata", pair.key, *text);
    }
    if (marks_.task.value) return fail(walk::duplicate("metadata.task"));
    marks_.task = {pair.value, first};
    auto task = read_string(pair.value, "metadata.task");
    if (!task) return fail(std::move(task.error()));
    facts_.task_metadata = *task;
    return {};
  }

  Result<void> check_whole() {
    if (!marks_.model && facts_.endpoint == Endpoint::moderations) {
      facts_.model = default_moderation_model;
    } else if (!marks_.model) {
      return fail(walk::wrong_value("model", "is missing; it names a task, route or deployment",
                                    "missing_required_parameter"));
    }
    const bool chat = facts_.endpoint == Endpoint::chat;
    const Field wanted = chat ? Field::messages : Field::input;
    if ((seen_ & (1U << static_cast<unsigned>(wanted))) == 0) {
      return fail(walk::wrong_value(chat ? "messages" : "input", "is missing",
                                    "missing_required_parameter"));
    }
    return {};
  }

  // What could only be said when all was read.
  void settle() {
    if (parallel_ && facts_.needs.has(Ability::tools)) facts_.needs.insert(Ability::parallel_tools);
    facts_.user_hash = user_ != 0 ? user_ : safety_ != 0 ? safety_ : cache_key_;
    // The client knows best which requests share a prefix.
    if (cache_key_ != 0) facts_.prefix_hash = cache_key_;
    set_spans(marks_, ask_);
  }

  Cut* cut_of(Field field) {
    if (field == Field::reasoning_effort) return &marks_.reasoning_effort;
    if (field == Field::reasoning) return &marks_.reasoning;
    if (field == Field::thinking) return &marks_.thinking;
    return nullptr;
  }

  Ask& ask_;
  AskFacts& facts_;
  std::uint32_t seen_ = 0;  // one bit a Field
  bool kept_seen_ = false;
  bool logprobs_ = false;
  bool parallel_ = false;
  std::uint64_t user_ = 0, safety_ = 0, cache_key_ = 0;
  Marks marks_;
};

}  // namespace

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  const Endpoint endpoint = inbound.endpoint;
  if (endpoint != Endpoint::chat && endpoint != Endpoint::embeddings &&
      endpoint != Endpoint::moderations) {
    return fail(FaultKind::not_available,
                "OpenAI's dialect has chat, embeddings and moderations only.");
  }
  Ask ask;
  ask.dialect = DialectId::openai;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask, endpoint);
  auto done = reader.read_object(ask.body, [&](JsonObject& root) { return parts.read(root); });
  if (!done) return fail(with_code(std::move(done.error())));
  return ask;
}

}  // namespace wye::openai
