// Test help for the Responses dialect: its functions as a table, what an answer spells in plain
// words, and a count of what was equal. For tests only.
#pragma once

#include <cstdio>
#include <map>
#include <string>

#include "dialect/responses.h"
#include "dialect/test_corpus.h"

namespace wye::responses_test {

inline std::string_view event_stream(const Ask&) { return "text/event-stream"; }

inline const Dialect dialect{
    .id = DialectId::openai_responses,
    .framing = StreamFraming::sse,
    .stream_content_type = event_stream,
    .read_ask = responses::read_ask,
    .read_content = responses::read_content,
    .write_answer = responses::write_answer,
    .open_writer = responses::open_writer,
    .write_fault = responses::write_fault,
    .write_fault_event = responses::write_fault_event,
    .splice = responses::splice,
    .write_ask = responses::write_ask,
    .read_answer_facts = responses::read_answer_facts,
    .read_answer = responses::read_answer,
    .open_reader = responses::open_reader,
    .read_fault = responses::read_fault,
    .can_splice = responses::can_splice,
};

// Counts by cause, printed at the end of a test.
struct Tally {
  int all = 0, good = 0;
  std::map<std::string, int> bad;
  std::map<std::string, std::string> example;
  void add(bool fine, const std::string& cause, const std::string& id) {
    ++all;
    if (fine) {
      ++good;
      return;
    }
    if (bad[cause]++ == 0) example[cause] = id;
  }
  double percent() const { return all == 0 ? 0.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d equal (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, count] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", count, cause.c_str(), example.at(cause).c_str());
    }
  }
};

inline std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  return out;
}

// What an answer says, piece by piece.
struct Spelled {
  std::string text, thoughts, refusals, calls;
  FinishReason finish = FinishReason::none;
  Usage usage;
  // The first thing that differs, "" when nothing does.
  std::string difference(const Spelled& other, bool with_thoughts = true) const {
    if (text != other.text) return "text";
    if (with_thoughts && thoughts != other.thoughts) return "thoughts";
    if (refusals != other.refusals) return "refusals";
    if (calls != other.calls) return "calls";
    if (finish != other.finish) return "finish";
    return usage == other.usage ? "" : "usage";
  }
};

// Arguments are compared as JSON where they are JSON.
inline void add_call(std::string& calls, std::string_view name, std::string_view arguments) {
  simdjson::dom::parser parser;
  corpus::Dom json;
  std::string plain(arguments.empty() ? "{}" : arguments);
  if (parser.parse(plain).get(json) == simdjson::SUCCESS) plain = simdjson::minify(json);
  calls.append(name).append("(").append(plain).append(")");
}

inline Spelled spelled(const Answer& answer) {
  Spelled out;
  out.usage = answer.usage;
  if (answer.choices.empty()) return out;
  const Choice* first = &answer.choices.front();
  for (const Choice& each : answer.choices) {
    if (each.index == 0) first = &each;
  }
  const Choice& choice = *first;
  out.finish = choice.finish;
  for (const Part& part : choice.parts) {
    if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) out.thoughts += thought->text;
    if (const auto* no = std::get_if<Declined>(&part.body)) out.refusals += no->text;
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      add_call(out.calls, call->name, call->arguments);
    }
  }
  return out;
}

// Calls use(SseEvent) for every event of a body.
template <class Use>
void for_each_event(std::string_view body, Use&& use) {
  SseReader sse(1 << 24);
  sse.feed(body);
  SseEvent event;
  while (sse.next(event).value_or(false)) {
    if (!event.comment_only) use(event);
  }
  if (sse.finish(event).value_or(false) && !event.comment_only) use(event);
}

// Reads a stream in full: its deltas one after the other.
inline std::vector<Delta> deltas_of(const Dialect& from, JsonReader& reader,
                                    const Provider& provider, std::string_view body) {
  std::vector<Delta> deltas;
  auto stream = from.open_reader(reader, provider);
  for_each_event(body, [&](const SseEvent& event) { stream->read(event, &deltas); });
  return deltas;
}

inline Answer folded(const std::vector<Delta>& deltas) {
  AnswerFold fold;
  for (const Delta& delta : deltas) fold.add(delta);
  return fold.take();
}

inline std::string streamed(const Dialect& to, const std::vector<Delta>& deltas, const Ask& ask) {
  std::string out;
  auto writer = to.open_writer(ask);
  for (const Delta& delta : deltas) writer->write(delta, out);
  writer->finish(out);
  return out;
}

}  // namespace wye::responses_test
