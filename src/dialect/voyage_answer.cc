// Voyage answer: embeddings and rankings, read and written. Usage is one number, and all of it is
// input. Pure.
#include "dialect/json_walk.h"
#include "dialect/provider_fault.h"
#include "dialect/rerank.h"
#include "dialect/take.h"
#include "dialect/vectors.h"
#include "dialect/voyage.h"

namespace wye::voyage {
namespace {

Usage read_usage(JsonValue& value) {
  Usage usage;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key != "total_tokens") return;
    const auto total = walk::integer_if(member.value);
    if (!total || *total < 0) return;
    usage.input = *total;
    usage.source = UsageSource::provider;
  });
  return usage;
}

Embedding read_embedding(JsonValue& value) {
  Embedding out;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "index") {
      out.index = static_cast<int>(walk::integer_if(member.value).value_or(0));
    } else if (member.key == "embedding") {
      if (!take::text(member, out.base64)) out.values = read_floats(member.value);
    } else if (member.key != "object") {
      walk::keep(out.extra, member);
    }
  });
  return out;
}

// Voyage lists its results under "data", Jina under "results".
bool is_list(std::string_view key) { return key == "data" || key == "results"; }

// `answered`: a list was there.
void read_member(walk::Member& member, bool full, Answer& answer, bool& answered) {
  const std::string_view key = member.key;
  if (is_list(key) && walk::is_array(member.value)) {
    answered = true;
    if (!full) return;
    if (answer.endpoint == Endpoint::rerank) {
      if (auto ranked = read_ranked(member.value)) answer.ranked = std::move(*ranked);
      return;
    }
    walk::elements_if(member.value,
                      [&](JsonValue& each) { answer.embeddings.push_back(read_embedding(each)); });
  } else if (key == "usage" && walk::is_object(member.value)) {
    answer.usage_raw = walk::raw(member.value);
    answer.usage = read_usage(member.value);
  } else if ((key == "model" && take::text(member, answer.model)) ||
             (key == "id" && take::text(member, answer.id)) || key == "object") {
    return;
  } else if (full) {
    walk::keep(answer.extra, member);
  }
}

Result<Answer> read(JsonReader& reader, Endpoint endpoint, std::string& body, bool full) {
  pad(body);
  Answer answer;
  answer.origin = DialectId::voyage;
  answer.endpoint = endpoint;
  bool answered = false;
  const auto done = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_member(member, full, answer, answered);
      return {};
    });
  });
  if (!done) {
    return fail(no_answer("The provider's answer is no JSON object: " + done.error().message));
  }
  if (answered) return answer;
  return fail(no_answer("The provider's answer has no results."));
}

void write_results(JsonWriter& json, const Answer& answer, std::string_view name, bool objects) {
  json.key(name).begin_array();
  for (const RankedDocument& each : answer.ranked) {
    std::string document = ranked_text(each.document);
    if (objects && !document.empty()) document.insert(0, "{\"text\":").append("}");
    write_ranked(json, each, document);
  }
  json.end_array();
}

void write_usage(JsonWriter& json, const Answer& answer) {
  json.key("usage");
  if (answer.origin == DialectId::voyage && !answer.usage_raw.empty()) {
    json.raw(answer.usage_raw);
    return;
  }
  json.begin_object();
  json.field("total_tokens", answer.usage.input + answer.usage.output).end_object();
}

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider&) {
  auto answer = read(reader, endpoint, body, false);
  if (!answer) return fail(std::move(answer.error()));
  AnswerFacts facts;
  facts.usage = answer->usage;
  facts.finish = FinishReason::stop;
  facts.model = std::move(answer->model);
  facts.has_content = true;
  return facts;
}

bool passes_answer(const Ask& ask, const Provider&) {
  return ask.facts.endpoint != Endpoint::rerank;
}

Result<Answer> read_answer(JsonReader& reader, Endpoint endpoint, std::string& body,
                           const Provider&) {
  return read(reader, endpoint, body, true);
}

// The list is given under both its names, for clients of either sort come by the same path: of one
// sort a document is an object, of the other a text.
std::string write_answer(const Answer& answer, const Ask& ask) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("object", "list");
  if (!answer.id.empty()) json.field("id", answer.id);
  json.field("model", answer.model.empty() ? ask.facts.model : answer.model);
  write_results(json, answer, "results", true);
  write_results(json, answer, "data", false);
  write_usage(json, answer);
  if (answer.origin == DialectId::voyage) take::write_extra(json, answer.extra);
  json.end_object();
  return out;
}

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  return read_provider_fault(reader, status, headers, body, now);
}

std::string write_fault(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("detail", fault.message);
  json.key("gateway").begin_object().field("request_id", request_id);
  json.field("class", to_string(fault.kind)).end_object().end_object();
  return out;
}

}  // namespace wye::voyage
