// Responses ask: reads the facts that a decision needs from a request, in one pass over its JSON,
// and marks the places where the body may be spliced. Nothing of the content is copied or
// unescaped. Pure.
#include "dialect/responses_ask.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/prompt_tally.h"
#include "dialect/reserved.h"
#include "dialect/responses.h"
#include "dialect/typed_members.h"

namespace wye::responses {
namespace {

enum class Field : std::uint8_t {
  model,
  input,
  instructions,
  stream,
  max_output_tokens,
  tools,
  parallel_tool_calls,
  text,
  reasoning,
  include,
  top_logprobs,
  background,
  user,
  safety_identifier,
  prompt_cache_key,
  metadata,
  previous_response_id,
  conversation,
  prompt,
};
constexpr std::pair<std::string_view, Field> field_names[]{
    {"model", Field::model},
    {"input", Field::input},
    {"instructions", Field::instructions},
    {"stream", Field::stream},
    {"max_output_tokens", Field::max_output_tokens},
    {"tools", Field::tools},
    {"parallel_tool_calls", Field::parallel_tool_calls},
    {"text", Field::text},
    {"reasoning", Field::reasoning},
    {"include", Field::include},
    {"top_logprobs", Field::top_logprobs},
    {"background", Field::background},
    {"user", Field::user},
    {"safety_identifier", Field::safety_identifier},
    {"prompt_cache_key", Field::prompt_cache_key},
    {"metadata", Field::metadata},
    {"previous_response_id", Field::previous_response_id},
    {"conversation", Field::conversation},
    {"prompt", Field::prompt},
};

// Members that nothing here reads.
constexpr TypedMember passed_on[]{
    {"temperature", JsonType::number},
    {"top_p", JsonType::number},
    {"store", JsonType::flag},
    {"tool_choice", JsonType::text_or_object},
    {"truncation", JsonType::text},
    {"service_tier", JsonType::text},
    {"max_tool_calls", JsonType::integer},
    {"stream_options", JsonType::object},
};

Fault missing(std::string_view name, std::string_view what) {
  return walk::wrong_value(name, what, "missing_required_parameter");
}

Fault background_refused() {
  return walk::wrong_value("background",
                           "is not served: an answer that is fetched later would have to be kept. "
                           "Leave it out, and use stream for long answers",
                           "unsupported_parameter");
}

class AskReader {
 public:
  explicit AskReader(Ask& ask) : ask_(ask), facts_(ask.facts) { facts_.endpoint = Endpoint::chat; }

  Result<void> read(JsonObject root) {
    auto done = walk::members(root, [&](walk::Member& member) { return read_member(member); });
    if (!done) return done;
    if (!model_) return fail(missing("model", "is missing; it names a task, route or deployment"));
    if (!has_input_) return fail(missing("input", "is missing"));
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
    JsonValue& value = member.value;
    if (*field == Field::model) return read_model(value);
    if (*field == Field::metadata) metadata_ = value;
    if (*field == Field::reasoning) reasoning_ = value;
    if (walk::is_null(value)) return {};  // null is "not given"
    return read_field(*field, value);
  }

  Result<void> read_field(Field field, JsonValue& value) {
    switch (field) {
      case Field::model: return {};
      case Field::input: has_input_ = true; return read_input(value, input_);
      case Field::instructions: return read_instructions(value);
      case Field::stream: return read_stream(value);
      case Field::max_output_tokens: return read_limit(value);
      case Field::tools: return read_tools(value);
      case Field::parallel_tool_calls: return read_flag(value, "parallel_tool_calls", parallel_);
      case Field::text: return read_text(value);
      case Field::reasoning: return read_reasoning(value);
      case Field::include: return read_include(value);
      case Field::top_logprobs: return read_top_logprobs(value);
      case Field::background: return read_background(value);
      case Field::user: return read_hash(value, "user", user_);
      case Field::safety_identifier: return read_hash(value, "safety_identifier", safety_);
      case Field::prompt_cache_key: return read_hash(value, "prompt_cache_key", cache_key_);
      case Field::metadata: return read_metadata(value);
      // What the provider keeps may be all of the input.
      case Field::conversation:
        ask_.joins_conversation = true;
        has_input_ = true;
        return {};
      case Field::previous_response_id:
      case Field::prompt: has_input_ = true; return {};
    }
    return {};
  }

  Result<void> read_model(JsonValue& value) {
    model_ = value;
    auto model = read_string(value, "model");
    if (!model) return fail(std::move(model.error()));
    if (model->empty()) return fail(missing("model", "must name a task, route or deployment"));
    facts_.model = *model;
    return {};
  }

  // A text; some clients repeat a list of items here.
  Result<void> read_instructions(JsonValue& value) {
    if (walk::is_array(value)) return read_input(value, input_);
    if (!walk::is_string(value)) return fail(walk::must_be("instructions", "a string"));
    const std::string_view text = walk::token(value);
    input_.text_bytes += static_cast<std::int64_t>(text.size());
    instructions_ = add_prefix(0, text);
    return {};
  }

  static Result<void> read_flag(JsonValue& value, std::string_view name, bool& out) {
    auto flag = read_bool(value, name);
    if (!flag) return fail(std::move(flag.error()));
    out = *flag;
    return {};
  }

  Result<void> read_stream(JsonValue& value) {
    auto done = read_flag(value, "stream", facts_.stream);
    if (facts_.stream) facts_.needs.insert(Ability::stream);
    return done;
  }

  Result<void> read_background(JsonValue& value) {
    bool wanted = false;
    auto done = read_flag(value, "background", wanted);
    if (done && wanted) return fail(background_refused());
    return done;
  }

  Result<void> read_limit(JsonValue& value) {
    auto tokens = read_int(value, "max_output_tokens");
    if (!tokens) return fail(std::move(tokens.error()));
    if (*tokens < 1) {
      return fail(walk::wrong_value("max_output_tokens", "must be at least 1", "invalid_value"));
    }
    facts_.output_tokens_max = *tokens;
    return {};
  }

  // The bytes of the schemas count as prompt: providers put them there.
  Result<void> read_tools(JsonValue& value) {
    const std::size_t bytes = walk::raw(value).size();
    return walk::elements(value, "tools", [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (!walk::is_object(each)) {
        return fail(walk::inside(walk::must_be("", "an object"), "tools", index));
      }
      if (index == 0) input_.text_bytes += static_cast<std::int64_t>(bytes);
      facts_.needs.insert(Ability::tools);
      return {};
    });
  }

  Result<void> read_text(JsonValue& value) {
    return walk::members(value, "text", [&](walk::Member& member) -> Result<void> {
      if (member.key != "format" || walk::is_null(member.value)) return {};
      return walk::members(member.value, "text.format", [&](walk::Member& each) -> Result<void> {
        if (each.key != "type") return {};
        auto type = read_string(each.value, "text.format.type");
        if (!type) return fail(std::move(type.error()));
        if (*type == "json_object") facts_.needs.insert(Ability::json_object);
        if (*type == "json_schema") facts_.needs.insert(Ability::json_schema);
        return {};
      });
    });
  }

  // Effort "none" is a request not to reason, which every model can grant; without an effort it is
  // only said how reasoning would be shown.
  Result<void> read_reasoning(JsonValue& value) {
    return walk::members(value, "reasoning", [&](walk::Member& member) -> Result<void> {
      if (member.key != "effort" || walk::is_null(member.value)) return {};
      auto effort = read_string(member.value, "reasoning.effort");
      if (!effort) return fail(std::move(effort.error()));
      if (*effort != "none") facts_.needs.insert(Ability::reasoning);
      return {};
    });
  }

  Result<void> read_include(JsonValue& value) {
    return walk::elements(
        value, "include", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (!walk::is_string(each)) {
            return fail(walk::inside(walk::must_be("", "a string"), "include", index));
          }
          if (walk::token(each) == R"("message.output_text.logprobs")") {
            facts_.needs.insert(Ability::logprobs);
          }
          return {};
        });
  }

  Result<void> read_top_logprobs(JsonValue& value) {
    auto count = read_int(value, "top_logprobs");
    if (!count) return fail(std::move(count.error()));
    if (*count > 0) facts_.needs.insert(Ability::logprobs);
    return {};
  }

  static Result<void> read_hash(JsonValue& value, std::string_view name, std::uint64_t& out) {
    auto text = read_string(value, name);
    if (!text) return fail(std::move(text.error()));
    if (!text->empty()) out = std::max<std::uint64_t>(hash64(*text), 1);
    return {};
  }

  Result<void> read_metadata(JsonValue& value) {
    return walk::members(value, "metadata", [&](walk::Member& pair) -> Result<void> {
      ++metadata_members_;
      if (pair.key == "task") return read_task(pair);
      if (!walk::is_string(pair.value)) return {};
      auto text = read_string(pair.value, "metadata");
      if (!text) return fail(std::move(text.error()));
      return add_metadata(facts_, "metadata", pair.key, *text);
    });
  }

  Result<void> read_task(walk::Member& pair) {
    if (task_) return fail(walk::duplicate("metadata.task"));
    task_ = pair.value;
    auto task = read_string(pair.value, "metadata.task");
    if (!task) return fail(std::move(task.error()));
    facts_.task_metadata = *task;
    return {};
  }

  // What could only be said when all was read.
  void settle() {
    facts_.needs = Abilities::from_bits(facts_.needs.bits() | input_.needs.bits());
    if (parallel_ && facts_.needs.has(Ability::tools)) facts_.needs.insert(Ability::parallel_tools);
    facts_.input_tokens = tokens_of_bytes(static_cast<std::size_t>(input_.text_bytes)) +
                          input_.tokens + input_.items * tokens_an_item + tokens_a_request;
    facts_.user_hash = user_ != 0 ? user_ : safety_ != 0 ? safety_ : cache_key_;
    // The client knows best which requests share a prefix.
    facts_.prefix_hash = cache_key_ != 0 ? cache_key_ : mix64(input_.prefix ^ instructions_);
    set_spans();
  }

  // Members are marked without their commas, for Edits sees to those.
  void set_spans() {
    const std::string_view body = ask_.body;
    const JsonSpan model = value_span(body, *model_);
    ask_.model = {model.offset, model.length};
    ask_.object_start = body.find('{') + 1;
    if (reasoning_) mark(ask_.reasoning_member, *reasoning_);
    // An empty metadata object would be a change that the client did not ask for.
    if (task_) mark(ask_.task_metadata_member, metadata_members_ == 1 ? *metadata_ : *task_);
  }

  void mark(Span& out, JsonValue value) {
    const JsonSpan span = member_span(ask_.body, value);
    out = {span.offset, span.length};
  }

  Ask& ask_;
  AskFacts& facts_;
  InputFacts input_;
  std::uint32_t seen_ = 0;  // one bit a Field
  bool has_input_ = false;
  bool parallel_ = false;
  std::uint64_t instructions_ = 0, user_ = 0, safety_ = 0, cache_key_ = 0;
  std::optional<JsonValue> model_, reasoning_, metadata_, task_;
  int metadata_members_ = 0;
};

}  // namespace

Result<Ask> read_ask(JsonReader& reader, const InboundRoute&, std::string body) {
  Ask ask;
  ask.dialect = DialectId::openai_responses;
  // The counts stand in the last event, which no client can be spared.
  ask.client_wants_usage = true;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask);
  auto done = reader.read_object(ask.body, [&](JsonObject& root) { return parts.read(root); });
  if (!done) return fail(with_code(std::move(done.error())));
  return ask;
}

}  // namespace wye::responses
