// Tests of the Bedrock dialect over recorded traffic: answers and streams of Bedrock against an
// independent reading, and requests of OpenAI clients against AWS's own description of the service.
// Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/answer.h"
#include "dialect/bedrock.h"
#include "dialect/test_bedrock_model.h"
#include "dialect/test_corpus.h"
#include "wire/event_stream.h"

namespace wye {
namespace {

using corpus::Dom;
using corpus::text_at;

struct Tally {
  int all = 0, good = 0;
  std::map<std::string, int> bad;
  std::map<std::string, std::string> example;
  void add(const std::string& cause, const std::string& id) {
    ++all;
    if (cause.empty()) {
      ++good;
    } else if (bad[cause]++ == 0) {
      example[cause] = id;
    }
  }
  double percent() const { return all == 0 ? 0.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, count] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", count, cause.c_str(), example.at(cause).c_str());
    }
  }
};

std::string from_base64(std::string_view text) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) continue;
    held = held << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(held >> bits & 0xff));
  }
  return out;
}

// One recorded exchange; a binary answer is decoded.
struct Recording {
  std::string id, api, answer;
  int status = 0;
  bool stream = false;
};

void for_each_recording(const std::function<void(const Recording&)>& use) {
  std::ifstream in(corpus::folder() / "exchanges/open/bedrock.jsonl");
  simdjson::dom::parser parser;
  std::string line;
  while (std::getline(in, line)) {
    Dom root;
    if (parser.parse(line).get(root) != simdjson::SUCCESS) continue;
    const corpus::Exchange exchange = corpus::exchange_of(root, false);
    Recording out{exchange.id, exchange.api, exchange.answer, exchange.status, exchange.stream};
    const std::string binary = text_at(root, "/res/body_b64");
    if (!binary.empty()) out.answer = from_base64(binary);
    use(out);
  }
}

class BedrockCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
};

// What an answer says, in words that can be compared.
struct Said {
  std::string text, thoughts;
  std::vector<std::string> calls;  // id, name and arguments, minified
  FinishReason finish = FinishReason::none;
  Usage usage;
};

std::string minified(std::string_view json) {
  simdjson::dom::parser parser;
  Dom root;
  if (json.empty() || json == "null") json = "{}";  // two more ways to give no arguments
  if (parser.parse(std::string(json)).get(root) != simdjson::SUCCESS) {
    return "broken " + std::string(json);
  }
  return simdjson::minify(root);
}

std::string difference(const Said& a, const Said& b, bool thoughts) {
  if (a.text != b.text) return "text";
  if (thoughts && a.thoughts != b.thoughts) return "reasoning";
  if (a.calls != b.calls) return "tool calls";
  if (a.finish != b.finish) {
    return "finish " + std::string(to_string(a.finish)) + " " + std::string(to_string(b.finish));
  }
  return a.usage == b.usage ? "" : "usage";
}

Said said_by(const Answer& answer) {
  Said out;
  out.usage = answer.usage;
  for (const Choice& choice : answer.choices) {
    out.finish = choice.finish;
    for (const Part& part : choice.parts) {
      if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
      if (const auto* thought = std::get_if<Reasoning>(&part.body)) out.thoughts += thought->text;
      if (const auto* call = std::get_if<ToolCall>(&part.body)) {
        out.calls.push_back(call->id + " " + call->name + " " + minified(call->arguments));
      }
    }
  }
  return out;
}

// From here: Converse read a second time, by a plain walk over the whole document.
std::int64_t count_at(const Dom& value, const char* pointer) {
  std::int64_t count = 0;
  return value.at_pointer(pointer).get(count) == simdjson::SUCCESS ? count : 0;
}
bool has(const Dom& value, const char* pointer) {
  return value.at_pointer(pointer).error() == simdjson::SUCCESS;
}

FinishReason finish_of(const std::string& word) {
  if (word == "end_turn" || word == "stop_sequence") return FinishReason::stop;
  if (word == "tool_use") return FinishReason::tool_calls;
  if (word == "max_tokens") return FinishReason::length;
  if (word == "guardrail_intervened") return FinishReason::content_filter;
  return FinishReason::other;
}

void expect_usage(const Dom& usage, Said& out) {
  out.usage.source = UsageSource::provider;
  out.usage.cache_read = count_at(usage, "/cacheReadInputTokens");
  out.usage.cache_write = count_at(usage, "/cacheWriteInputTokens");
  out.usage.output = count_at(usage, "/outputTokens");
  // The total is what everything else must add up to.
  out.usage.input = count_at(usage, "/totalTokens") - out.usage.output;
}

Said expected_answer(const Dom& root) {
  Said out;
  simdjson::dom::array content;
  if (root.at_pointer("/output/message/content").get(content) == simdjson::SUCCESS) {
    for (const Dom block : content) {
      out.text += text_at(block, "/text");
      out.thoughts += text_at(block, "/reasoningContent/reasoningText/text");
      simdjson::dom::array cited;
      if (block.at_pointer("/citationsContent/content").get(cited) == simdjson::SUCCESS) {
        for (const Dom each : cited) out.text += text_at(each, "/text");
      }
      if (has(block, "/toolUse") && text_at(block, "/toolUse/type") != "server_tool_use") {
        out.calls.push_back(text_at(block, "/toolUse/toolUseId") + " " +
                            text_at(block, "/toolUse/name") + " " +
                            simdjson::minify(block.at_pointer("/toolUse/input").value_unsafe()));
      }
    }
  }
  out.finish = finish_of(text_at(root, "/stopReason"));
  expect_usage(root["usage"].value_unsafe(), out);
  return out;
}

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

TEST_F(BedrockCorpus, every_frame_of_every_stream_is_read_and_written_again) {
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
  EXPECT_EQ(tally.percent(), 100.0);
}

TEST_F(BedrockCorpus, answers_say_what_was_recorded) {
  Tally tally, facts_agree, crossed;
  simdjson::dom::parser parser;
  for_each_recording([&](const Recording& recording) {
    if (recording.api != "converse" || recording.stream || recording.status != 200) return;
    std::string body = recording.answer;
    const auto facts = bedrock::read_answer_facts(reader, Endpoint::chat, body, {});
    const auto answer = bedrock::read_answer(reader, Endpoint::chat, body, {});
    if (!facts || !answer) return tally.add("fault", recording.id);
    Dom root;
    ASSERT_EQ(parser.parse(recording.answer).get(root), simdjson::SUCCESS);
    const Said expected = expected_answer(root), said = said_by(*answer);
    tally.add(difference(expected, said, true), recording.id);
    const bool any = !said.text.empty() || !said.thoughts.empty() || !said.calls.empty();
    facts_agree.add(facts->usage != said.usage     ? "usage"
                    : facts->finish != said.finish ? "finish"
                    : any && !facts->has_content   ? "content"
                                                   : "",
                    recording.id);
    Ask ask;
    std::string written = openai.write_answer(*answer, ask);
    const auto again = openai.read_answer(reader, Endpoint::chat, written, {});
    crossed.add(again ? difference(said, said_by(*again), true) : "fault", recording.id);
  });
  tally.print("answers against the recording");
  facts_agree.print("facts against the full reading");
  crossed.print("answers to an OpenAI client and back");
  EXPECT_GE(tally.percent(), 99.9);
  EXPECT_GE(facts_agree.percent(), 99.9);
  EXPECT_GE(crossed.percent(), 99.5);
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

TEST_F(BedrockCorpus, streams_say_what_was_recorded) {
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

std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  EXPECT_EQ(out.size(), request.body_bytes);
  return out;
}

// All words of a conversation: what a request says must be what its content says.
std::string words_of(const Dom& request) {
  std::string system, talk;
  // Words that stand where Converse wants some and the client has none.
  static const std::set<std::string> ours{"Continue.", "See the document.", "no output"};
  const auto add = [](const Dom& block, std::string& out) {
    if (!ours.contains(text_at(block, "/text"))) out += text_at(block, "/text");
    simdjson::dom::array inner;
    if (block.at_pointer("/toolResult/content").get(inner) == simdjson::SUCCESS) {
      for (const Dom each : inner) {
        if (!ours.contains(text_at(each, "/text"))) out += text_at(each, "/text");
      }
    }
    if (!has(block, "/toolUse")) return;
    const std::string input = simdjson::minify(block.at_pointer("/toolUse/input").value_unsafe());
    out += text_at(block, "/toolUse/name") + input;
  };
  simdjson::dom::array list;
  if (request["system"].get(list) == simdjson::SUCCESS) {
    for (const Dom block : list) add(block, system);
  }
  for (const Dom turn : bedrock_check::elements(request["messages"].value_unsafe())) {
    for (const Dom block : bedrock_check::elements(turn["content"].value_unsafe()))
      add(block, talk);
  }
  return system + "\n" + talk;
}

void add_words(const std::vector<Part>& parts, std::string& out) {
  for (const Part& part : parts) {
    std::string text;
    if (const auto* plain = std::get_if<Text>(&part.body)) text = plain->text;
    if (const auto* no = std::get_if<Declined>(&part.body)) text = no->text;
    if (text.find_first_not_of(" \t\r\n") != std::string::npos) out += text;
    if (const auto* result = std::get_if<ToolResult>(&part.body)) add_words(result->parts, out);
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      out += call->name + minified(call->arguments);
    }
  }
}
std::string words_of(const Content& content) {
  std::string system, talk;
  for (const Message& message : content.messages) {
    const bool is_system = message.role == Role::system || message.role == Role::developer;
    add_words(message.parts, is_system ? system : talk);
  }
  return system + "\n" + talk;
}

TEST_F(BedrockCorpus, requests_of_openai_clients_become_valid_requests) {
  simdjson::dom::parser parser, other;
  Dom service;
  const auto file = corpus::folder() / "bedrock-endpoints/open/service-2.json";
  ASSERT_EQ(parser.load(file.string()).get(service), simdjson::SUCCESS);
  const bedrock_check::Shapes shapes(service);
  Tally refused, valid, kept;
  std::map<std::string, int> dropped;
  for (const std::string_view provider : corpus::compatible) {
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200 || exchange.request.empty()) return;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, exchange.request);
      if (!ask) return;
      const auto content = openai.read_content(reader, *ask);
      for (const char* model : {"us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                                "amazon.nova-pro-v1:0", "us.anthropic.claude-opus-5"}) {
        Deployment deployment;
        deployment.model = model;
        const auto request = bedrock::write_ask(*content, *ask, deployment, {});
        if (!request) {
          refused.add(request.error().param.substr(0, 8) == "messages"
                          ? request.error().message.substr(request.error().message.find('.') + 1)
                          : request.error().message,
                      exchange.id);
          EXPECT_EQ(request.error().code, "unsupported_parameter");
          continue;
        }
        refused.add("", "");
        for (const std::string& each : request->dropped) ++dropped[each];
        Dom written;
        if (other.parse(joined(*request)).get(written) != simdjson::SUCCESS) {
          valid.add("no JSON", exchange.id);
          continue;
        }
        std::string wrong = shapes.check("ConverseRequest", written);
        if (wrong.empty()) wrong = bedrock_check::Rules().check(written);
        valid.add(wrong.substr(0, 100), exchange.id);
        kept.add(words_of(written) == words_of(*content) ? "" : "words", exchange.id);
      }
    });
  }
  refused.print("requests that Bedrock can be asked");
  valid.print("requests that the service's description allows");
  kept.print("requests that keep every word");
  for (const auto& [name, count] : dropped) std::printf("  dropped %4d  %s\n", count, name.c_str());
  EXPECT_GE(valid.percent(), 99.9);
  EXPECT_GE(kept.percent(), 99.9);
}

// Compares two requests leaf by leaf. What assistants said, and the ids of their calls, differ from
// capture to capture, so that of those only the place counts.
class Fields {
 public:
  std::string compare(const Dom& theirs, const Dom& ours) {
    first_.clear();
    walk(theirs, ours, "", false);
    return first_;
  }
  int all = 0, same = 0;

 private:
  void walk(const Dom& theirs, const Dom& ours, const std::string& path, bool assistant) {
    if (theirs.is_object() && ours.is_object()) {
      const bool said = assistant || text_at(theirs, "/role") == "assistant";
      for (const auto field : bedrock_check::members(theirs)) {
        Dom other;
        const std::string inner = path + "." + std::string(field.key);
        if (ours[field.key].get(other) != simdjson::SUCCESS) {
          leaf(false, inner + " lost");
        } else {
          walk(field.value, other, inner, said);
        }
      }
      for (const auto field : bedrock_check::members(ours)) {
        if (theirs[field.key].error() == simdjson::SUCCESS) continue;
        leaf(false, path + "." + std::string(field.key) + " added");
      }
    } else if (theirs.is_array() && ours.is_array()) {
      const auto a = bedrock_check::elements(theirs), b = bedrock_check::elements(ours);
      if (a.size() != b.size()) return leaf(false, path + " length");
      for (std::size_t i = 0; i < a.size(); ++i) {
        walk(a.at(i).value_unsafe(), b.at(i).value_unsafe(), path + "[]", assistant);
      }
    } else {
      const bool free = path.ends_with(".toolUseId") || (assistant && path.ends_with(".text"));
      leaf(free || simdjson::minify(theirs) == simdjson::minify(ours), path);
    }
  }

  void leaf(bool equal, const std::string& path) {
    ++all;
    same += equal;
    if (!equal && first_.empty()) first_ = path;
  }

  std::string first_;
};

TEST_F(BedrockCorpus, translations_are_those_that_were_captured) {
  const std::string image_by_address =
      "fault: messages[0].image is given by an address, and Bedrock fetches none but s3://";
  // A captured request gives a member of the answer back that no request needs.
  const std::string echo = ".messages[].content[].toolUse.type lost";
  Tally tally;
  Fields fields;
  for (const auto& folder : std::filesystem::directory_iterator(corpus::folder() / "lingua/open")) {
    for (const char* name : {"request.json", "followup-request.json"}) {
      const auto theirs = folder.path() / "bedrock" / name;
      const auto source = folder.path() / "chat-completions" / name;
      if (!std::filesystem::exists(theirs) || !std::filesystem::exists(source)) continue;
      simdjson::dom::parser first, second;
      Dom expected, asked;
      ASSERT_EQ(first.load(theirs.string()).get(expected), simdjson::SUCCESS);
      ASSERT_EQ(second.load(source.string()).get(asked), simdjson::SUCCESS);
      const std::string id = folder.path().filename().string() + "/" + name;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, simdjson::minify(asked));
      ASSERT_TRUE(ask.has_value()) << id;
      const auto content = openai.read_content(reader, *ask);
      Deployment deployment;
      deployment.model = text_at(expected, "/modelId");
      const auto request = bedrock::write_ask(*content, *ask, deployment, {});
      if (!request) {
        tally.add("fault: " + request.error().message, id);
        continue;
      }
      // The model stands in the path.
      std::string ours = joined(*request);
      ours.replace(0, 1, "{\"modelId\":\"" + deployment.model + "\",");
      simdjson::dom::parser third;
      Dom made;
      ASSERT_EQ(third.parse(ours).get(made), simdjson::SUCCESS);
      tally.add(fields.compare(expected, made), id);
    }
  }
  tally.print("translations");
  std::printf("  field by field: %d of %d\n", fields.same, fields.all);
  // Bedrock takes images as bytes only, so that one capture has fetched what is an address here.
  EXPECT_EQ(tally.bad.size(), tally.bad.count(image_by_address) + tally.bad.count(echo));
  EXPECT_GE(100.0 * fields.same / fields.all, 98.0);
}

TEST_F(BedrockCorpus, errors_are_classified_as_labelled) {
  static const std::map<std::string, FaultKind> kinds{
      {"auth", FaultKind::auth},
      {"permission", FaultKind::permission},
      {"model_not_found", FaultKind::model_gone},
      {"rate_limit", FaultKind::rate_limit},
      {"quota_exhausted", FaultKind::quota},
      {"unsupported_param", FaultKind::bad_request},
      {"invalid_request", FaultKind::bad_request},
  };
  Tally tally;
  simdjson::dom::parser parser;
  for (const char* file : {"errors/errors.open.jsonl", "errors/errors.documented.jsonl"}) {
    std::ifstream in(corpus::folder() / file);
    for (std::string line; std::getline(in, line);) {
      Dom root;
      if (parser.parse(line).get(root) != simdjson::SUCCESS) continue;
      const corpus::Exchange exchange = corpus::exchange_of(root, true);
      if (exchange.provider != "bedrock") continue;
      std::string body = exchange.answer;
      Headers headers;
      for (const auto& [name, value] : exchange.headers) headers.add({name, value});
      const Fault fault = bedrock::read_fault(reader, exchange.status, headers, body, 0);
      const auto label = kinds.find(exchange.label);
      ASSERT_NE(label, kinds.end()) << exchange.label;
      tally.add(fault.kind == label->second
                    ? ""
                    : exchange.label + " as " + std::string(to_string(fault.kind)),
                fault.message);
    }
  }
  tally.print("labelled errors");
  EXPECT_EQ(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
