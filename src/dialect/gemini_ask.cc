// Gemini ask: reads the facts that a decision needs from a request, in one pass over its JSON, and
// marks the places where the body may be spliced. Nothing of the content is copied or unescaped.
// Pure.
#include "dialect/gemini_ask.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "dialect/ask_reading.h"
#include "dialect/gemini.h"
#include "dialect/gemini_config_facts.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_route.h"
#include "dialect/prompt_tally.h"
#include "dialect/reserved.h"

namespace wye::gemini {
namespace {

enum class Field : std::uint8_t {
  contents,
  system_instruction,
  generation_config,
  tools,
  labels,
  cached_content,
  model,
  inner_request,  // countTokens wraps a whole request in it
  content,
  requests,
  output_dimensionality,
};
constexpr std::array<std::pair<std::string_view, Field>, 11> field_names{{
    {"contents", Field::contents},
    {"systemInstruction", Field::system_instruction},
    {"generationConfig", Field::generation_config},
    {"tools", Field::tools},
    {"labels", Field::labels},
    {"cachedContent", Field::cached_content},
    {"model", Field::model},
    {"generateContentRequest", Field::inner_request},
    {"content", Field::content},
    {"requests", Field::requests},
    {"outputDimensionality", Field::output_dimensionality},
}};

// Values whose places are looked up when all was read.
struct Marks {
  std::optional<JsonValue> model, labels, task, thinking_config;
};

Span value_at(std::string_view body, const std::optional<JsonValue>& value) {
  if (!value) return {};
  const JsonSpan span = value_span(body, *value);
  return {span.offset, span.length};
}

Span member_at(std::string_view body, const std::optional<JsonValue>& value) {
  if (!value) return {};
  const JsonSpan span = member_span(body, *value);
  return {span.offset, span.length};
}

class AskReader {
 public:
  explicit AskReader(Ask& ask) : ask_(ask), facts_(ask.facts) {}

  Result<void> read(JsonObject root) {
    if (Result<void> done = read_members(root); !done) return done;
    if (Result<void> whole = check_whole(); !whole) return whole;
    settle();
    return {};
  }

 private:
  Result<void> read_members(JsonObject object) {
    return walk::members(object, [&](walk::Member& member) -> Result<void> {
      const auto field = field_named(field_names, member.key);
      note_reserved(member.key, ask_);
      if (!field || !belongs_here(*field)) return {};
      const std::uint32_t bit = 1U << static_cast<unsigned>(*field);
      if ((seen_ & bit) != 0) return fail(walk::duplicate(member.key));
      if (walk::is_null(member.value)) return {};
      seen_ |= bit;
      return read_field(*field, member);
    });
  }

  bool belongs_here(Field field) const {
    const bool embedding = field == Field::content || field == Field::requests ||
                           field == Field::output_dimensionality;
    if (field == Field::model) return true;
    if (field == Field::inner_request) return facts_.endpoint == Endpoint::count_tokens;
    return embedding == (facts_.endpoint == Endpoint::embeddings);
  }

  Result<void> read_field(Field field, walk::Member& member) {
    JsonValue& value = member.value;
    switch (field) {
      case Field::contents: return contents_.read_contents(value);
      case Field::system_instruction: return contents_.read_system(value);
      case Field::generation_config: return read_config(value);
      case Field::tools: return read_tools(value);
      case Field::labels: return read_labels(value);
      case Field::cached_content: return read_cache(value);
      case Field::model: return read_model(value);
      case Field::inner_request: return read_inner(value);
      case Field::content: return contents_.read_embedded(value);
      case Field::requests: return read_requests(value);
      case Field::output_dimensionality: return read_dimensions(value);
    }
    return {};
  }

  Result<void> read_inner(JsonValue& value) {
    if (!walk::is_object(value)) return fail(walk::must_be("generateContentRequest", "an object"));
    return read_members(value.get_object().value_unsafe());
  }

  // The path has named the model already; a body that names it, too, is spliced.
  Result<void> read_model(JsonValue& value) {
    if (!walk::is_string(value)) return fail(walk::must_be("model", "a string"));
    marks_.model = value;
    return {};
  }

  Result<void> read_config(JsonValue& value) {
    auto config = read_config_facts(value, facts_.needs);
    if (!config) return fail(walk::inside(std::move(config.error()), "generationConfig"));
    facts_.output_tokens_max = config->output_tokens_max;
    facts_.choices = config->choices;
    marks_.thinking_config = config->thinking_config;
    return {};
  }

  // The bytes of the schemas count as prompt: providers put them there.
  Result<void> read_tools(JsonValue& value) {
    const std::size_t bytes = walk::raw(value).size();
    bool any = false;
    auto done =
        walk::elements(value, "tools", [&](JsonValue& each, std::size_t index) -> Result<void> {
          any = true;
          auto one = walk::members(each, "", [&](walk::Member& member) -> Result<void> {
            if (is_field(member.key, "functionDeclarations")) return read_declarations(member);
            return {};
          });
          if (!one) return fail(walk::inside(std::move(one.error()), "tools", index));
          return {};
        });
    if (any) extra_tokens_ += tokens_of_bytes(bytes);
    return done;
  }

  Result<void> read_declarations(walk::Member& member) {
    if (walk::is_null(member.value)) return {};
    return walk::elements(
        member.value, member.key, [&](JsonValue& each, std::size_t index) -> Result<void> {
          facts_.needs.insert(Ability::tools);
          if (walk::is_object(each)) return {};
          return fail(walk::inside(walk::must_be("", "an object"), member.key, index));
        });
  }

  // Labels are Vertex's metadata; the task may stand among them.
  Result<void> read_labels(JsonValue& value) {
    marks_.labels = value;
    return walk::members(value, "labels", [&](walk::Member& pair) -> Result<void> {
      auto text = read_string(pair.value, "labels");
      if (!text) return fail(std::move(text.error()));
      if (pair.key != "task") {
        return add_metadata(facts_, "labels", pair.key, *text);
      }
      if (marks_.task) return fail(walk::duplicate("labels.task"));
      marks_.task = pair.value;
      facts_.task_metadata = *text;
      return {};
    });
  }

  Result<void> read_cache(JsonValue& value) {
    auto name = read_string(value, "cachedContent");
    if (!name) return fail(std::move(name.error()));
    if (!name->empty()) cache_hash_ = std::max<std::uint64_t>(hash64(*name), 1);
    return {};
  }

  Result<void> read_requests(JsonValue& value) {
    std::size_t count = 0;
    auto done =
        walk::elements(value, "requests", [&](JsonValue& each, std::size_t index) -> Result<void> {
          ++count;
          if (Result<void> one = read_request(each); !one) {
            return fail(walk::inside(std::move(one.error()), "requests", index));
          }
          return {};
        });
    if (!done) return done;
    if (count != 0) return {};
    return fail(walk::wrong_value("requests", "must not be empty", "empty_array"));
  }

  Result<void> read_request(JsonValue& value) {
    bool content = false;
    auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      if (is_field(member.key, "outputDimensionality")) return read_dimensions(member.value);
      if (member.key != "content") return {};
      if (std::exchange(content, true)) return fail(walk::duplicate("content"));
      return contents_.read_embedded(member.value);
    });
    if (!done || content) return done;
    return fail(walk::wrong_value("content", "is missing", "missing_required_parameter"));
  }

  static Result<void> read_dimensions(JsonValue& value) {
    if (walk::is_null(value)) return {};
    const auto count = integer_of(value);
    if (count && *count >= 1) return {};
    return fail(walk::wrong_value("outputDimensionality", "must be an integer of at least 1",
                                  count ? "invalid_value" : "invalid_type"));
  }

  bool has(Field field) const { return (seen_ & 1U << static_cast<unsigned>(field)) != 0; }

  Result<void> check_whole() const {
    std::string_view wanted;
    if (facts_.endpoint != Endpoint::embeddings && !has(Field::contents)) wanted = "contents";
    if (facts_.endpoint == Endpoint::embeddings) {
      if (ask_.embedding_single && !has(Field::content)) wanted = "content";
      if (!ask_.embedding_single && !has(Field::requests)) wanted = "requests";
    }
    if (wanted.empty()) return {};
    return fail(walk::wrong_value(wanted, "is missing", "missing_required_parameter"));
  }

  // What could only be said when all was read.
  void settle() {
    facts_.needs = Abilities::from_bits(facts_.needs.bits() | contents_.needs().bits());
    facts_.input_tokens = contents_.tokens() + extra_tokens_;
    const bool embeddings = facts_.endpoint == Endpoint::embeddings;
    if (!embeddings) facts_.input_tokens += tokens_a_request;
    // The client knows best which requests share a prefix.
    if (!embeddings) facts_.prefix_hash = cache_hash_ != 0 ? cache_hash_ : contents_.prefix_hash();
    ask_.object_start = ask_.body.find('{') + 1;
    ask_.model = value_at(ask_.body, marks_.model);
    ask_.labels_member = member_at(ask_.body, marks_.labels);
    ask_.task_metadata_member = member_at(ask_.body, marks_.task);
    ask_.thinking_member = member_at(ask_.body, marks_.thinking_config);
  }

  Ask& ask_;
  AskFacts& facts_;
  ContentsFacts contents_;
  std::uint32_t seen_ = 0;  // one bit a Field
  std::int64_t extra_tokens_ = 0;
  std::uint64_t cache_hash_ = 0;
  Marks marks_;
};

Endpoint endpoint_of(Method method) {
  if (method == Method::embed || method == Method::batch_embed) return Endpoint::embeddings;
  return method == Method::count_tokens ? Endpoint::count_tokens : Endpoint::chat;
}

}  // namespace

std::string_view stream_content_type(const Ask& ask) {
  return ask.stream_as_array ? "application/json" : "text/event-stream";
}

Result<Ask> read_ask(JsonReader& reader, const InboundRoute& inbound, std::string body) {
  auto target = target_of(inbound.path);
  if (!target) return fail(std::move(target.error()));
  Ask ask;
  ask.dialect = DialectId::gemini;
  ask.facts.endpoint = endpoint_of(target->method);
  ask.facts.model = std::move(target->model);
  ask.facts.stream = target->method == Method::stream;
  ask.embedding_single = target->method == Method::embed;
  ask.stream_as_array = ask.facts.stream && !asks_for_sse(inbound.query);
  if (ask.facts.stream) ask.facts.needs.insert(Ability::stream);
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask);
  auto done = reader.read_object(ask.body, [&](JsonObject& root) { return parts.read(root); });
  if (!done) return fail(with_code(std::move(done.error())));
  return ask;
}

}  // namespace wye::gemini
