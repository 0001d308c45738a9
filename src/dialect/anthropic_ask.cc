// Anthropic ask: reads the facts that a decision needs from a request, in one pass over its JSON,
// and marks the places where the body may be spliced. Nothing of the content is copied or
// unescaped; JsonReader has checked all of it. Pure.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "dialect/anthropic.h"
#include "dialect/anthropic_messages.h"
#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/reserved.h"
#include "dialect/typed_members.h"

namespace wye::anthropic {
namespace {

enum class Field : std::uint8_t {
  model,
  messages,
  system,
  max_tokens,
  stream,
  tools,
  tool_choice,
  thinking,
  output_config,
  output_format,
  stop_sequences,
  metadata,
};
constexpr std::pair<std::string_view, Field> field_names[]{
    {"model", Field::model},
    {"messages", Field::messages},
    {"system", Field::system},
    {"max_tokens", Field::max_tokens},
    {"stream", Field::stream},
    {"tools", Field::tools},
    {"tool_choice", Field::tool_choice},
    {"thinking", Field::thinking},
    {"output_config", Field::output_config},
    {"output_format", Field::output_format},
    {"stop_sequences", Field::stop_sequences},
    {"metadata", Field::metadata},
};

// Members that nothing here reads.
constexpr TypedMember passed_on[]{
    {"temperature", JsonType::number},
    {"top_p", JsonType::number},
    {"top_k", JsonType::integer},
    {"service_tier", JsonType::text},
    {"context_management", JsonType::object},
    {"mcp_servers", JsonType::array},
    {"inference_geo", JsonType::text},
};

// Values that were passed while reading. Their places are looked up when all was read.
struct Marks {
  std::optional<JsonValue> model, metadata, task, thinking, output_config, effort;
  int metadata_members = 0, output_config_members = 0;
};

Span to_span(JsonSpan span) { return {span.offset, span.length}; }

Span member_of(std::string_view body, const std::optional<JsonValue>& value) {
  return value ? to_span(member_span(body, *value)) : Span{};
}

// The inner member, or all of the outer one when that would be left empty: an empty object would be
// a change that the client did not ask for.
Span inner_member_of(std::string_view body, const std::optional<JsonValue>& outer, int members,
                     const std::optional<JsonValue>& inner) {
  if (!inner) return {};
  return member_of(body, members == 1 ? outer : inner);
}

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
    if (!field) {
      note_reserved(member.key, ask_);
      return check_type(passed_on, member);
    }
    const std::uint32_t bit = 1U << static_cast<unsigned>(*field);
    if ((seen_ & bit) != 0) return fail(walk::duplicate(member.key));
    seen_ |= bit;
    return read_field(*field, member.value);
  }

  Result<void> read_field(Field field, JsonValue& value) {
    if (field == Field::model) return read_model(value);
    if (field == Field::messages) return messages_.read_messages(value);
    if (walk::is_null(value)) return {};  // "not given" everywhere else
    switch (field) {
      case Field::system: return messages_.read_system(value);
      case Field::max_tokens: return read_limit(value);
      case Field::stream: return read_stream(value);
      case Field::tools: return read_tools(value);
      case Field::tool_choice: return read_tool_choice(value);
      case Field::thinking: return read_thinking(value);
      case Field::output_config: return read_output_config(value);
      case Field::output_format: return need(Ability::json_schema);
      case Field::stop_sequences: return read_stop(value);
      case Field::metadata: return read_metadata(value);
      default: return {};
    }
  }

  Result<void> need(Ability ability) {
    facts_.needs.insert(ability);
    return {};
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

  // 0 asks for nothing but that the prompt be cached.
  Result<void> read_limit(JsonValue& value) {
    auto tokens = read_int(value, "max_tokens");
    if (!tokens) return fail(std::move(tokens.error()));
    if (*tokens < 0) {
      return fail(walk::wrong_value("max_tokens", "must be at least 0", "invalid_value"));
    }
    facts_.output_tokens_max = *tokens;
    return {};
  }

  Result<void> read_stream(JsonValue& value) {
    auto read = read_flag_into(facts_.stream, value, "stream");
    if (facts_.stream) facts_.needs.insert(Ability::stream);
    return read;
  }

  // The bytes of the schemas count as prompt: providers put them there.
  Result<void> read_tools(JsonValue& value) {
    const std::size_t bytes = walk::raw(value).size();
    return walk::elements(value, "tools", [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (!walk::is_object(each)) {
        return fail(walk::inside(walk::must_be("", "an object"), "tools", index));
      }
      if (index == 0) facts_.input_tokens += tokens_of_bytes(bytes);
      return need(Ability::tools);
    });
  }

  Result<void> read_tool_choice(JsonValue& value) {
    return walk::members(value, "tool_choice", [&](walk::Member& member) -> Result<void> {
      if (member.key == "type" && !walk::is_string(member.value)) {
        return fail(walk::must_be("tool_choice.type", "a string"));
      }
      if (member.key != "disable_parallel_tool_use" || walk::is_null(member.value)) return {};
      auto flag = read_bool(member.value, "tool_choice.disable_parallel_tool_use");
      if (!flag) return fail(std::move(flag.error()));
      parallel_ = !*flag;
      return {};
    });
  }

  Result<void> read_thinking(JsonValue& value) {
    marks_.thinking = value;
    bool typed = false;
    return walk::members(value, "thinking", [&](walk::Member& member) -> Result<void> {
      if (member.key != "type") return {};
      if (std::exchange(typed, true)) return fail(walk::duplicate("thinking.type"));
      auto type = read_string(member.value, "thinking.type");
      if (!type) return fail(std::move(type.error()));
      if (*type != "disabled") facts_.needs.insert(Ability::reasoning);
      return {};
    });
  }

  Result<void> read_output_config(JsonValue& value) {
    marks_.output_config = value;
    return walk::members(value, "output_config", [&](walk::Member& member) -> Result<void> {
      ++marks_.output_config_members;
      if (walk::is_null(member.value)) return {};
      if (member.key == "format") return need(Ability::json_schema);
      if (member.key != "effort") return {};
      if (marks_.effort) return fail(walk::duplicate("output_config.effort"));
      marks_.effort = member.value;
      if (!walk::is_string(member.value)) {
        return fail(walk::must_be("output_config.effort", "a string"));
      }
      return need(Ability::reasoning);
    });
  }

  Result<void> read_stop(JsonValue& value) {
    return walk::elements(
        value, "stop_sequences", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (walk::is_string(each)) return need(Ability::stop);
          return fail(walk::inside(walk::must_be("", "a string"), "stop_sequences", index));
        });
  }

  Result<void> read_metadata(JsonValue& value) {
    marks_.metadata = value;
    return walk::members(value, "metadata", [&](walk::Member& member) -> Result<void> {
      ++marks_.metadata_members;
      if (member.key == "task") return read_task(member.value);
      const auto text = walk::string_if(member.value);
      if (!text) return {};
      if (member.key == "user_id") {
        if (!text->empty()) facts_.user_hash = std::max<std::uint64_t>(hash64(*text), 1);
        return {};
      }
      return add_metadata(facts_, "metadata", member.key, *text);
    });
  }

  Result<void> read_task(JsonValue& value) {
    if (marks_.task) return fail(walk::duplicate("metadata.task"));
    marks_.task = value;
    auto task = read_string(value, "metadata.task");
    if (!task) return fail(std::move(task.error()));
    facts_.task_metadata = *task;
    return {};
  }

  Result<void> check_whole() {
    const bool chat = facts_.endpoint == Endpoint::chat;
    for (const auto& [name, field] : field_names) {
      const bool wanted =
          field == Field::model || field == Field::messages || (field == Field::max_tokens && chat);
      if (!wanted || (seen_ & (1U << static_cast<unsigned>(field))) != 0) continue;
      return fail(walk::wrong_value(name, "is missing", "missing_required_parameter"));
    }
    return {};
  }

  // What could only be said when all was read.
  void settle() {
    facts_.needs = Abilities::from_bits(facts_.needs.bits() | messages_.needs().bits());
    if (parallel_ && facts_.needs.has(Ability::tools)) facts_.needs.insert(Ability::parallel_tools);
    facts_.input_tokens += messages_.tokens();
    facts_.prefix_hash = messages_.prefix_hash();
    ask_.system_among_messages = messages_.system_among_messages();
    ask_.carries_signatures = messages_.carries_signatures();
    set_spans();
  }

  void set_spans() {
    const std::string_view body = ask_.body;
    ask_.object_start = body.find('{') + 1;
    ask_.model = to_span(value_span(body, *marks_.model));
    ask_.thinking_member = member_of(body, marks_.thinking);
    ask_.reasoning_effort_member =
        inner_member_of(body, marks_.output_config, marks_.output_config_members, marks_.effort);
    ask_.task_metadata_member =
        inner_member_of(body, marks_.metadata, marks_.metadata_members, marks_.task);
  }

  Ask& ask_;
  AskFacts& facts_;
  std::uint32_t seen_ = 0;  // one bit a Field
  bool parallel_ = false;
  MessageFacts messages_;
  Marks marks_;
};

}  // namespace

std::string_view stream_content_type(const Ask&) { return "text/event-stream"; }

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  const Endpoint endpoint = inbound.endpoint;
  if (endpoint != Endpoint::chat && endpoint != Endpoint::count_tokens) {
    return fail(FaultKind::not_available, "This dialect knows messages and count_tokens only.");
  }
  Ask ask;
  ask.dialect = DialectId::anthropic;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask, endpoint);
  auto done = reader.read_object(ask.body, [&](JsonObject& root) { return parts.read(root); });
  if (!done) return fail(with_code(std::move(done.error())));
  return ask;
}

}  // namespace wye::anthropic
