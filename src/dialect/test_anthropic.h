// Test anthropic: the dialect as a table of its own, and the few helpers that its tests share. For
// tests only.
#pragma once

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "dialect/anthropic.h"
#include "dialect/dialect.h"
#include "dialect/test_corpus.h"

namespace wye::anthropic_test {

inline constexpr Dialect dialect{
    .id = DialectId::anthropic,
    .framing = StreamFraming::sse,
    .stream_content_type = anthropic::stream_content_type,
    .read_ask = anthropic::read_ask,
    .read_content = anthropic::read_content,
    .write_answer = anthropic::write_answer,
    .open_writer = anthropic::open_writer,
    .write_fault = anthropic::write_fault,
    .write_fault_event = anthropic::write_fault_event,
    .splice = anthropic::splice,
    .write_ask = anthropic::write_ask,
    .read_answer_facts = anthropic::read_answer_facts,
    .read_answer = anthropic::read_answer,
    .open_reader = anthropic::open_reader,
    .read_fault = anthropic::read_fault,
};

inline std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  return out.size() == request.body_bytes ? out : "body_bytes is wrong";
}

inline std::string header(const ProviderRequest& request, std::string_view name) {
  for (const auto& [each, value] : request.headers) {
    if (each == name) return value;
  }
  return {};
}

// Whether two texts are the same JSON; the cause is left in `where`.
inline bool same_json(std::string_view a, std::string_view b) {
  std::string where;
  if (corpus::same_json(a, b, where)) return true;
  std::printf("differs at %s\n  %s\n  %s\n", where.c_str(), std::string(a).c_str(),
              std::string(b).c_str());
  return false;
}

// A stream read to its end, event by event.
struct Reading {
  Answer answer;
  std::vector<Delta> deltas;
  std::vector<EventFacts> facts;
};
inline Reading read_stream(const Dialect& by, JsonReader& json, std::string_view stream,
                           bool full = true) {
  Reading out;
  AnswerFold fold;
  auto reader = by.open_reader(json, Provider{});
  SseReader sse(1 << 24);
  sse.feed(stream);
  SseEvent event;
  const auto use = [&] {
    if (event.comment_only) return;
    std::vector<Delta> deltas;
    EventFacts facts = reader->read(event, full ? &deltas : nullptr);
    facts.model = {};  // its view ends with the event
    for (Delta& delta : deltas) {
      fold.add(delta);
      out.deltas.push_back(std::move(delta));
    }
    out.facts.push_back(std::move(facts));
  };
  while (sse.next(event).value_or(false)) use();
  if (sse.finish(event).value_or(false)) use();
  out.answer = fold.take();
  return out;
}

// The stream that a client of `by` gets for these deltas.
inline std::string write_stream(const Dialect& by, const std::vector<Delta>& deltas) {
  Ask ask;
  ask.client_wants_usage = true;
  auto writer = by.open_writer(ask);
  std::string out;
  for (const Delta& delta : deltas) writer->write(delta, out);
  writer->finish(out);
  return out;
}

// What an answer says, so that it can be compared over the border of dialects.
struct Spelled {
  std::string text, reasoning;
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments as compact JSON
  FinishReason finish = FinishReason::none;
  std::int64_t input = 0, cache_read = 0, cache_write = 0, output = 0, thinking = 0;
};
inline std::string compact(std::string_view json) {
  simdjson::dom::parser parser;
  corpus::Dom value;
  if (parser.parse(std::string(json)).get(value) != simdjson::SUCCESS) return std::string(json);
  return simdjson::minify(value);
}
inline Spelled spell(const Answer& answer) {
  Spelled out;
  Choice choice;
  for (const Choice& each : answer.choices) {
    if (each.index == 0) choice = each;
  }
  for (const Part& part : choice.parts) {
    if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
    if (const auto* no = std::get_if<Declined>(&part.body)) out.text += no->text;
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) out.reasoning += thought->text;
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      out.calls.emplace_back(call->name, compact(call->arguments.empty() ? "{}" : call->arguments));
    }
  }
  out.finish = choice.finish;
  const Usage& usage = answer.usage;
  out.input = usage.input;
  out.cache_read = usage.cache_read;
  out.cache_write = usage.cache_write;
  out.output = usage.output;
  out.thinking = usage.reasoning;
  return out;
}
// The first difference, "" when there is none.
inline std::string difference(const Spelled& a, const Spelled& b) {
  if (a.text != b.text) return "text";
  if (a.reasoning != b.reasoning) return "reasoning";
  if (a.calls != b.calls) return "calls";
  if (a.finish != b.finish) {
    return "finish " + std::string(to_string(a.finish)) + " / " + std::string(to_string(b.finish));
  }
  if (a.input != b.input || a.cache_read != b.cache_read || a.cache_write != b.cache_write) {
    return "input usage";
  }
  if (a.output != b.output || a.thinking != b.thinking) return "output usage";
  return {};
}

// Counts by cause, printed at the end of a test.
struct Tally {
  int all = 0, good = 0;
  std::map<std::string, std::pair<int, std::string>> bad;  // and an example
  void add(const std::string& cause, const std::string& id) {
    ++all;
    if (cause.empty()) {
      ++good;
    } else if (bad[cause].first++ == 0) {
      bad[cause].second = id;
    }
  }
  double percent() const { return all == 0 ? 100.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, found] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", found.first, cause.c_str(), found.second.c_str());
    }
  }
};

}  // namespace wye::anthropic_test
