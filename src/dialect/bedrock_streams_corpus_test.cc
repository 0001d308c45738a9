// Recorded streams of Bedrock against an independent reading: frames cut out by their lengths
// alone.
#include <gtest/gtest.h>

#include <map>

#include "base/test_measured.h"
#include "dialect/test_bedrock_said.h"
#include "wire/event_stream.h"

namespace wye {
namespace {

using namespace bedrock_corpus;

class BedrockStreamsCorpus : public BedrockCorpus {};

// A frame cut out by its lengths alone, its headers all strings.
struct Frame {
  std::map<std::string, std::string> headers;
  std::vector<EventStreamHeader> in_order;
  std::string_view payload;
};
std::uint32_t number(std::string_view bytes, std::size_t at, int length) {
  std::uint32_t out = 0;
  for (int i = 0; i < length; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}
std::vector<Frame> frames_of(std::string_view bytes) {
  std::vector<Frame> out;
  for (std::size_t at = 0; at + 16 <= bytes.size(); at += number(bytes, at, 4)) {
    const std::size_t total = number(bytes, at, 4), headers = number(bytes, at + 4, 4);
    Frame& frame = out.emplace_back();
    for (std::size_t i = at + 12; i < at + 12 + headers;) {
      const std::size_t name = number(bytes, i, 1), value = number(bytes, i + name + 2, 2);
      const EventStreamHeader header{bytes.substr(i + 1, name), bytes.substr(i + name + 4, value)};
      frame.headers[std::string(header.name)] = header.value;
      frame.in_order.push_back(header);
      i += name + 4 + value;
    }
    frame.payload = bytes.substr(at + 12 + headers, total - 16 - headers);
  }
  return out;
}

Said expected_stream(const std::vector<Frame>& frames) {
  Said out;
  std::map<std::int64_t, std::pair<std::string, std::string>> calls;  // by block
  simdjson::dom::parser parser;
  for (const Frame& frame : frames) {
    Dom event;
    if (parser.parse(std::string(frame.payload)).get(event) != simdjson::SUCCESS) continue;
    const std::int64_t block = count_at(event, "/contentBlockIndex");
    out.text += text_at(event, "/delta/text");
    out.thoughts += text_at(event, "/delta/reasoningContent/text");
    if (has(event, "/start/toolUse") &&
        text_at(event, "/start/toolUse/type") != "server_tool_use") {
      calls[block].first =
          text_at(event, "/start/toolUse/toolUseId") + " " + text_at(event, "/start/toolUse/name");
    }
    if (calls.contains(block)) calls[block].second += text_at(event, "/delta/toolUse/input");
    if (has(event, "/stopReason")) out.finish = finish_of(text_at(event, "/stopReason"));
    if (has(event, "/usage")) expect_usage(event["usage"].value_unsafe(), out);
  }
  for (const auto& [block, call] : calls)
    out.calls.push_back(call.first + " " + minified(call.second));
  return out;
}

// Reads a stream in portions; empty `fault` when all of it was whole.
struct Streamed {
  std::vector<std::pair<std::string, std::string>> events;
  std::string raw, fault;
  bool operator==(const Streamed&) const = default;
};
Streamed read_stream(std::string_view bytes, std::size_t portion) {
  EventStreamReader stream(1 << 24);
  Streamed out;
  SseEvent event;
  const auto note = [&](const Result<bool>& more) {
    if (!more) out.fault = more.error().message;
    if (!more || !*more) return false;
    out.events.emplace_back(event.type, event.data);
    out.raw += event.raw;
    return true;
  };
  for (; !bytes.empty(); bytes.remove_prefix(std::min(portion, bytes.size()))) {
    stream.feed(bytes.substr(0, portion));
    while (note(stream.next(event))) {
    }
  }
  if (out.fault.empty()) note(stream.finish(event));
  return out;
}

TEST_F(BedrockStreamsCorpus, every_frame_of_every_stream_is_read_and_written_again) {
  Tally tally;
  int events = 0;
  for_each_recording([&](const Recording& recording) {
    if (!recording.stream || recording.status != 200 || recording.api == "responses") return;
    const std::vector<Frame> frames = frames_of(recording.answer);
    const Streamed whole = read_stream(recording.answer, recording.answer.size());
    std::string cause, again;
    if (!whole.fault.empty() || whole.raw != recording.answer) cause = "refused " + whole.fault;
    if (whole.events.size() != frames.size()) cause = "number of events";
    for (std::size_t i = 0; cause.empty() && i < frames.size(); ++i) {
      const Frame& frame = frames[i];
      if (whole.events[i].first != frame.headers.at(":event-type")) cause = "type";
      if (whole.events[i].second != frame.payload) cause = "payload";
      append_event_stream_message(again, frame.in_order, frame.payload);
    }
    if (cause.empty() && again != recording.answer) cause = "written again";
    for (const std::size_t portion : {1, 7, 100}) {
      if (cause.empty() && read_stream(recording.answer, portion) != whole) cause = "boundaries";
    }
    events += static_cast<int>(frames.size());
    tally.add(cause, recording.id);
  });
  tally.print("event streams");
  std::printf("  with %d events\n", events);
  test::measured("wire", "AWS event streams read and written again", tally.good, tally.all);
  EXPECT_EQ(tally.percent(), 100.0);
}

// The same stream for an OpenAI client, read back.
Said through_openai(const Dialect& openai, JsonReader& reader, const std::vector<Delta>& deltas) {
  Ask ask;
  ask.client_wants_usage = true;
  std::string text;
  const auto writer = openai.open_writer(ask);
  for (const Delta& delta : deltas) writer->write(delta, text);
  writer->finish(text);
  SseReader sse(1 << 22);
  sse.feed(text);
  const auto back = openai.open_reader(reader, {});
  AnswerFold fold;
  SseEvent event;
  while (sse.next(event).value_or(false)) {
    std::vector<Delta> read;
    back->read(event, &read);
    for (const Delta& delta : read) fold.add(delta);
  }
  return said_by(fold.take());
}

TEST_F(BedrockStreamsCorpus, streams_say_what_was_recorded) {
  Tally tally, facts_agree, crossed;
  for_each_recording([&](const Recording& recording) {
    if (recording.api != "converse" || !recording.stream || recording.status != 200) return;
    const auto full = bedrock::open_reader(reader, {});
    const auto brief = bedrock::open_reader(reader, {});
    AnswerFold fold;
    std::vector<Delta> all;
    std::string cause;
    int done = 0;
    std::optional<Usage> usage;
    FinishReason finish = FinishReason::none;
    for (const auto& [type, data] : read_stream(recording.answer, 1000).events) {
      SseEvent event;
      event.type = type;
      event.data = data;
      std::vector<Delta> deltas;
      const EventFacts facts = full->read(event, &deltas), same = brief->read(event, nullptr);
      if (facts.malformed || facts.fault) cause = "malformed";
      if (facts.content != same.content || facts.output_bytes != same.output_bytes ||
          facts.finish != same.finish || facts.usage != same.usage || facts.done != same.done) {
        cause = "facts differ";
      }
      if (facts.usage) usage = facts.usage;
      if (facts.finish != FinishReason::none) finish = facts.finish;
      done += facts.done;
      for (Delta& delta : deltas) {
        fold.add(delta);
        all.push_back(std::move(delta));
      }
    }
    const Said said = said_by(fold.take());
    tally.add(difference(expected_stream(frames_of(recording.answer)), said, true), recording.id);
    if (cause.empty() && (usage != said.usage || finish != said.finish)) cause = "facts";
    if (cause.empty() && done != 1) cause = "end";
    facts_agree.add(cause, recording.id);
    crossed.add(difference(said, through_openai(openai, reader, all), true), recording.id);
  });
  tally.print("streams against the recording");
  facts_agree.print("facts against the deltas");
  crossed.print("streams to an OpenAI client and back");
  EXPECT_GE(tally.percent(), 99.9);
  EXPECT_GE(facts_agree.percent(), 99.9);
  EXPECT_GE(crossed.percent(), 99.5);
}

}  // namespace
}  // namespace wye
