// Test reading: what tests over recorded traffic share: streams read to their end, answers reduced
// to what they mean, counts by cause.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/dialect.h"
#include "dialect/test_corpus.h"
#include "wire/json_lines.h"

namespace wye::reading {

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
  EXPECT_EQ(out.size(), request.body_bytes);
  return out;
}

inline std::string minified(std::string_view json) {
  simdjson::dom::parser parser;
  corpus::Dom root;
  if (parser.parse(std::string(json)).get(root) != simdjson::SUCCESS) return std::string(json);
  return simdjson::minify(root);
}

// What an answer means, whatever its parts.
struct Meaning {
  std::string text, reasoning;
  std::vector<std::pair<std::string, std::string>> calls;  // names and arguments
  FinishReason finish = FinishReason::none;
  Usage usage;
  bool operator==(const Meaning&) const = default;
};

inline Meaning meaning_of(const Answer& answer) {
  Meaning out;
  out.usage = answer.usage;
  if (answer.choices.empty()) return out;
  out.finish = answer.choices.front().finish;
  for (const Part& part : answer.choices.front().parts) {
    if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) out.reasoning += thought->text;
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      out.calls.emplace_back(call->name,
                             minified(call->arguments.empty() ? "{}" : call->arguments));
    }
  }
  return out;
}

// For clients whose format has no refusals but the text.
inline Meaning meaning_with_refusals(const Answer& answer) {
  Meaning out = meaning_of(answer);
  if (answer.choices.empty()) return out;
  out.text.clear();
  for (const Part& part : answer.choices.front().parts) {
    if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
    if (const auto* declined = std::get_if<Declined>(&part.body)) out.text += declined->text;
  }
  return out;
}

inline std::string difference(const Meaning& a, const Meaning& b) {
  if (a.text != b.text) return "text";
  if (a.reasoning != b.reasoning) return "reasoning";
  if (a.calls != b.calls) return "calls";
  if (a.finish != b.finish) return "finish";
  return a.usage == b.usage ? "" : "usage";
}

struct StreamReading {
  Answer answer;
  std::vector<Delta> deltas;
  Usage usage;  // as the facts say
  FinishReason finish = FinishReason::none;
  bool done = false;
  int malformed = 0, contents = 0;
  std::string fault;
};

inline StreamReading read_stream(const Dialect& dialect, JsonReader& json, const Provider& provider,
                                 std::string_view body, bool full = true) {
  StreamReading out;
  AnswerFold fold;
  const auto reader = dialect.open_reader(json, provider);
  const auto use = [&](const SseEvent& event) {
    if (event.comment_only) return;
    std::vector<Delta> deltas;
    const EventFacts facts = reader->read(event, full ? &deltas : nullptr);
    for (Delta& delta : deltas) {
      fold.add(delta);
      out.deltas.push_back(std::move(delta));
    }
    if (facts.usage) out.usage = *facts.usage;
    if (facts.finish != FinishReason::none) out.finish = facts.finish;
    out.done = out.done || facts.done;
    out.malformed += facts.malformed;
    out.contents += facts.content;
    if (facts.fault) out.fault = facts.fault->message;
  };
  const auto drain = [&](auto splitter) {
    splitter.feed(body);
    SseEvent event;
    while (splitter.next(event).value_or(false)) use(event);
    if (splitter.finish(event).value_or(false)) use(event);
  };
  if (dialect.framing == StreamFraming::json_lines) {
    drain(JsonLinesReader(1 << 22));
  } else {
    drain(SseReader(1 << 22));
  }
  out.answer = fold.take();
  return out;
}

// Deltas through a client's stream of this dialect, and read back by its own reader.
inline StreamReading through(const Dialect& dialect, JsonReader& json, const Provider& provider,
                             const Ask& ask, const std::vector<Delta>& deltas) {
  const auto writer = dialect.open_writer(ask);
  std::string bytes;
  for (const Delta& delta : deltas) writer->write(delta, bytes);
  writer->finish(bytes);
  return read_stream(dialect, json, provider, bytes);
}

}  // namespace wye::reading
