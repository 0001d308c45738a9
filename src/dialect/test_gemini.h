// Test help: the Gemini dialect as the table lists it, and small ways to use it in tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/answer.h"
#include "dialect/dialect.h"
#include "dialect/gemini.h"

namespace wye::test {

inline constexpr Dialect gemini_dialect{
    .id = DialectId::gemini,
    .framing = StreamFraming::sse,
    .stream_content_type = gemini::stream_content_type,
    .read_ask = gemini::read_ask,
    .read_content = gemini::read_content,
    .write_answer = gemini::write_answer,
    .open_writer = gemini::open_writer,
    .write_fault = gemini::write_fault,
    .write_fault_event = gemini::write_fault_event,
    .splice = gemini::splice,
    .write_ask = gemini::write_ask,
    .read_answer_facts = gemini::read_answer_facts,
    .read_answer = gemini::read_answer,
    .open_reader = gemini::open_reader,
    .read_fault = gemini::read_fault,
    .can_splice = gemini::can_splice,
    .passes_answer = gemini::passes_answer,
};

inline std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  EXPECT_EQ(out.size(), request.body_bytes);
  return out;
}

inline Provider gemini_provider(Hosting hosting = Hosting::own) {
  Provider out;
  out.name = out.kind = hosting == Hosting::vertex ? "vertex" : "gemini";
  out.dialect = DialectId::gemini;
  out.hosting = hosting;
  return out;
}

inline Deployment deployment_of(std::string_view model) {
  Deployment out;
  out.name = out.model = model;
  return out;
}

// Reads a whole stream, event by event, and folds it.
struct StreamReading {
  Answer answer;
  std::vector<Delta> deltas;
  Usage usage;
  FinishReason finish = FinishReason::none;
  int events = 0, contents = 0, malformed = 0, done = 0;
  std::int64_t output_bytes = 0;
  std::string model;
  std::optional<Fault> fault;
};
inline StreamReading read_stream(const Dialect& dialect, JsonReader& json, const Provider& provider,
                                 std::string_view body) {
  StreamReading out;
  SseReader sse(1 << 24);
  auto reader = dialect.open_reader(json, provider);
  auto facts_only = dialect.open_reader(json, provider);
  AnswerFold fold;
  const auto use = [&](const SseEvent& event) {
    if (event.comment_only) return;
    std::vector<Delta> deltas;
    const EventFacts facts = reader->read(event, &deltas);
    const EventFacts again = facts_only->read(event, nullptr);
    EXPECT_EQ(facts.content, again.content);
    EXPECT_EQ(facts.finish, again.finish);
    EXPECT_EQ(facts.output_bytes, again.output_bytes);
    for (const Delta& delta : deltas) {
      fold.add(delta);
      out.deltas.push_back(delta);
    }
    ++out.events;
    out.contents += facts.content;
    out.malformed += facts.malformed;
    out.done += facts.done;
    out.output_bytes += facts.output_bytes;
    if (facts.usage) out.usage = *facts.usage;
    if (facts.finish != FinishReason::none) out.finish = facts.finish;
    if (out.model.empty()) out.model = facts.model;
    if (facts.fault) out.fault = facts.fault;
  };
  sse.feed(body);
  SseEvent event;
  while (sse.next(event).value_or(false)) use(event);
  if (sse.finish(event).value_or(false)) use(event);
  out.answer = fold.take();
  return out;
}

}  // namespace wye::test
