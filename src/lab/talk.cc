// Talk: the bodies of each dialect, and reading what came back. See talk.h.
#include "lab/talk.h"

#include "dialect/dialect.h"
#include "wire/json.h"
#include "wire/sse.h"

namespace wye {
namespace {

std::string text_turn(std::string_view content) {
  std::string turn = R"({"role":"user","content":)";
  append_json_string(turn, content);
  return turn + "}";
}

std::string openai_body(const Wish& wish) {
  std::string body = R"({"model":)";
  append_json_string(body, wish.model);
  body += R"(,"messages":[)" + text_turn(wish.content) + "]";
  if (wish.stream) body += R"(,"stream":true)";
  return body + wish.more + "}";
}

std::string anthropic_body(const Wish& wish) {
  std::string body = R"({"model":)";
  append_json_string(body, wish.model);
  body += R"(,"max_tokens":4000,"messages":[)" + text_turn(wish.content) + "]";
  if (wish.stream) body += R"(,"stream":true)";
  return body + wish.more + "}";
}

std::string gemini_body(const Wish& wish) {
  std::string body = R"({"contents":[{"role":"user","parts":[{"text":)";
  append_json_string(body, wish.content);
  return body + "}]}]" + wish.more + "}";
}

Usage usage_of(const EventFacts& facts, const Usage& before) {
  return facts.usage ? *facts.usage : before;
}

Heard heard_stream(const Wish& wish, const std::string& body, bool clean_end) {
  const Dialect& dialect = *dialect_of(wish.dialect);
  JsonReader json;
  const Provider provider;
  const std::unique_ptr<StreamReader> reader = dialect.open_reader(json, provider);
  SseReader events(8 << 20);
  events.feed(body);
  Heard heard;
  AnswerFold fold;
  bool done = false;
  SseEvent event;
  while (true) {
    const Result<bool> found = events.next(event);
    if (!found || !*found) break;
    if (event.comment_only) continue;
    std::vector<Delta> deltas;
    const EventFacts facts = reader->read(event, &deltas);
    if (facts.fault) heard.fault = facts.fault;
    for (const Delta& delta : deltas) fold.add(delta);
    if (facts.finish != FinishReason::none) heard.finish = facts.finish;
    heard.usage = usage_of(facts, heard.usage);
    done = done || facts.done;
  }
  if (!fold.answer().choices.empty()) heard.text = text_of(fold.answer().choices.front().parts);
  heard.model = fold.answer().model;
  // Gemini has no end marker: its clients take what finished for whole.
  const bool ended = wish.dialect == DialectId::gemini ? heard.finish != FinishReason::none : done;
  heard.whole = clean_end && ended && !heard.fault;
  return heard;
}

Heard heard_whole(const Wish& wish, std::string body, bool clean_end) {
  JsonReader json;
  Heard heard;
  pad(body);
  const Result<Answer> answer =
      dialect_of(wish.dialect)->read_answer(json, Endpoint::chat, body, Provider());
  if (!answer) {
    heard.fault = answer.error();
    return heard;
  }
  if (!answer->choices.empty()) {
    heard.text = text_of(answer->choices.front().parts);
    heard.finish = answer->choices.front().finish;
  }
  heard.model = answer->model;
  heard.usage = answer->usage;
  heard.whole = clean_end;
  return heard;
}

// The strings of every "content" member, in order, put together.
std::string contents_of(std::string_view json) {
  simdjson::dom::parser parser;
  std::string out;
  const simdjson::padded_string padded(json);
  simdjson::dom::element root;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS) return out;
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS) return out;
  for (const simdjson::dom::element choice : choices) {
    for (const char* member : {"message", "delta"}) {
      std::string_view text;
      if (choice[member]["content"].get(text) == simdjson::SUCCESS) out.append(text);
    }
  }
  return out;
}

std::vector<std::string> events_of(std::string_view body) {
  SseReader reader(1 << 20);
  reader.feed(body);
  std::vector<std::string> events;
  SseEvent event;
  while (true) {
    const Result<bool> found = reader.next(event);
    if (!found || !*found) return events;
    events.emplace_back(event.data);
  }
}

}  // namespace

std::string target_of(const Wish& wish) {
  if (!wish.raw_target.empty()) return wish.raw_target;
  switch (wish.dialect) {
    case DialectId::anthropic: return "/v1/messages";
    case DialectId::gemini:
      return "/v1beta/models/" + wish.model +
             (wish.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    default: return "/v1/chat/completions";
  }
}

std::string body_of(const Wish& wish) {
  if (!wish.raw_body.empty()) return wish.raw_body;
  switch (wish.dialect) {
    case DialectId::anthropic: return anthropic_body(wish);
    case DialectId::gemini: return gemini_body(wish);
    default: return openai_body(wish);
  }
}

std::pair<std::string, std::string> key_line(const Wish& wish) {
  switch (wish.dialect) {
    case DialectId::anthropic: return {"x-api-key", wish.key};
    case DialectId::gemini: return {"x-goog-api-key", wish.key};
    default: return {"authorization", "Bearer " + wish.key};
  }
}

Heard heard_of(const Wish& wish, int status, const std::string& body, bool clean_end) {
  if (status == 200) {
    return wish.stream ? heard_stream(wish, body, clean_end) : heard_whole(wish, body, clean_end);
  }
  Heard heard;
  JsonReader json;
  std::string text = body;
  pad(text);
  heard.fault = dialect_of(wish.dialect)->read_fault(json, status, Headers(), text, 0);
  return heard;
}

std::string Told::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Told::text() const {
  if (!header("content-type").starts_with("text/event-stream")) return contents_of(body);
  std::string out;
  for (const std::string& event : events_of(body)) out += contents_of(event);
  return out;
}

bool Told::looks_whole() const {
  if (!clean_end) return false;
  const std::vector<std::string> events = events_of(body);
  return !events.empty() && events.back() == "[DONE]";
}

bool Told::has_error_frame() const {
  for (const std::string& event : events_of(body)) {
    if (event.starts_with(R"({"error")")) return true;
  }
  return false;
}

Heard Told::heard(const Wish& wish) const { return heard_of(wish, status, body, clean_end); }

}  // namespace wye
