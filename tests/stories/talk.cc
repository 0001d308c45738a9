#include "stories/talk.h"

#include "dialect/dialect.h"
#include "wire/json.h"
#include "wire/sse.h"

namespace wye::story {
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

}  // namespace

std::string target_of(const Wish& wish) {
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

}  // namespace wye::story
