// Tests of the Responses dialect over recorded traffic of all providers that speak it: what is
// read and written must mean what was recorded. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include "base/test_measured.h"
#include "dialect/reserved.h"
#include "dialect/test_responses.h"

namespace wye {
namespace {

using corpus::Dom;
using responses_test::dialect;
using responses_test::joined;
using responses_test::Spelled;
using responses_test::Tally;

constexpr std::string_view files[]{"openai",  "azure",   "xai",     "openrouter", "deepseek",
                                   "chatgpt", "copilot", "bedrock", "llamacpp"};

class ResponsesCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  template <class Use>
  void for_each_recording(Use&& use) {
    for (const std::string_view file : files) {
      corpus::for_each_exchange(file, [&](const corpus::Exchange& exchange) {
        if (exchange.api == "responses") use(exchange, corpus::provider_of(file));
      });
    }
  }
  JsonReader reader;
};

std::string text_of(const Dom& value, std::string_view key) {
  std::string_view text;
  return value[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::int64_t count_of(const Dom& value, std::string_view pointer) {
  std::int64_t count = 0;
  return value.at_pointer(pointer).get(count) == simdjson::SUCCESS ? count : 0;
}

void add_paragraphs(const Dom& item, std::string_view member, std::string& out) {
  simdjson::dom::array list;
  if (item[member].get(list) != simdjson::SUCCESS) return;
  for (const Dom part : list) {
    const std::string text = text_of(part, "text");
    if (!out.empty() && !text.empty()) out += "\n\n";
    out += text;
  }
}

// What an item says, read in the plainest way.
void expect_item(const Dom& item, Spelled& out) {
  const std::string type = text_of(item, "type");
  if (type == "function_call") {
    responses_test::add_call(out.calls, text_of(item, "name"), text_of(item, "arguments"));
  } else if (type == "reasoning") {
    std::string thought;
    add_paragraphs(item, "content", thought);
    if (thought.empty()) add_paragraphs(item, "summary", thought);
    out.thoughts += thought;
  } else if (type == "message" && text_of(item, "role") == "assistant") {
    simdjson::dom::array content;
    if (item["content"].get(content) != simdjson::SUCCESS) return;
    for (const Dom part : content) {
      if (text_of(part, "type") == "output_text") out.text += text_of(part, "text");
      out.refusals += text_of(part, "refusal");
    }
  }
}

void expect_end(const Dom& response, bool calls, Spelled& out) {
  const std::string status = text_of(response, "status");
  const std::string reason = corpus::text_at(response, "/incomplete_details/reason");
  out.finish = FinishReason::other;
  if (status == "completed" || status.empty()) {
    out.finish = calls ? FinishReason::tool_calls : FinishReason::stop;
  }
  if (status == "incomplete" && reason == "max_output_tokens") out.finish = FinishReason::length;
  Dom usage;
  if (response["usage"].get(usage) != simdjson::SUCCESS || !usage.is_object()) return;
  out.usage.source = UsageSource::provider;
  out.usage.input = count_of(usage, "/input_tokens");
  out.usage.output = count_of(usage, "/output_tokens");
  out.usage.cache_read = count_of(usage, "/input_tokens_details/cached_tokens");
  out.usage.cache_write = count_of(usage, "/input_tokens_details/cache_write_tokens");
  out.usage.reasoning = count_of(usage, "/output_tokens_details/reasoning_tokens");
}

bool has_call(const Dom& item) {
  const std::string type = text_of(item, "type");
  return type == "function_call" || type == "custom_tool_call";
}

Spelled expect_response(const Dom& response) {
  Spelled out;
  bool calls = false;
  simdjson::dom::array output;
  if (response["output"].get(output) == simdjson::SUCCESS) {
    for (const Dom item : output) {
      expect_item(item, out);
      calls = calls || has_call(item);
    }
  }
  expect_end(response, calls, out);
  return out;
}

// Of a stream: the items that it closed, in the order of their index, and its last response.
std::optional<Spelled> expect_stream(std::string_view body) {
  std::map<std::int64_t, Spelled> items;
  std::optional<Spelled> out;
  bool calls = false;
  responses_test::for_each_event(body, [&](const SseEvent& event) {
    simdjson::dom::parser parser;
    Dom root;
    if (parser.parse(std::string(event.data)).get(root) != simdjson::SUCCESS) return;
    const std::string type = text_of(root, "type");
    Dom inner;
    if (type == "response.output_item.done" && root["item"].get(inner) == simdjson::SUCCESS) {
      expect_item(inner, items[count_of(root, "/output_index")]);
      calls = calls || has_call(inner);
    }
    if ((type == "response.completed" || type == "response.incomplete") &&
        root["response"].get(inner) == simdjson::SUCCESS) {
      expect_end(inner, calls, out.emplace());
    }
  });
  if (!out) return out;
  for (const auto& [index, item] : items) {
    out->text += item.text;
    out->thoughts += item.thoughts;
    out->refusals += item.refusals;
    out->calls += item.calls;
  }
  return out;
}

TEST_F(ResponsesCorpus, requests_are_read_and_written_back_equal) {
  Tally accepted, tally, spliced, crossing;
  for_each_recording([&](const corpus::Exchange& exchange, const Provider& where) {
    if (exchange.request.empty() || exchange.request[0] != '{') return;
    auto ask = dialect.read_ask(reader, {}, exchange.request);
    // The model may stand in a prompt that OpenAI keeps, and answers may be made in the background;
    // neither is served.
    const bool not_served = !ask && (ask.error().message.starts_with("model is missing") ||
                                     ask.error().param == "background");
    if (exchange.status < 400 && !not_served) {
      accepted.add(ask.has_value(), ask ? "" : ask.error().message.substr(0, 70), exchange.id);
    }
    if (!ask) return;
    Deployment deployment;
    deployment.model = ask->facts.model;
    auto content = responses::read_own_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << exchange.id;
    auto written = dialect.write_ask(*content, *ask, deployment, where);
    ASSERT_TRUE(written.has_value()) << exchange.id;
    const ProviderRequest passed = dialect.splice(*ask, deployment, where, false);
    // Who serves it is not the client's choice, and it is told so.
    if (ask->chooses_destination && sends_on(where)) {
      EXPECT_FALSE(passed.dropped.empty()) << exchange.id;
      EXPECT_FALSE(written->dropped.empty()) << exchange.id;
    } else {
      std::string cause;
      const bool equal = corpus::same_json(exchange.request, joined(*written), cause);
      tally.add(equal, cause, exchange.id);
      cause.clear();
      const bool same = corpus::same_json(exchange.request, joined(passed), cause);
      spliced.add(same, cause, exchange.id);
    }
    auto foreign = dialect.read_content(reader, *ask);
    crossing.add(foreign.has_value(), foreign ? "" : foreign.error().message.substr(0, 60),
                 exchange.id);
  });
  accepted.print("requests that were accepted by their provider are accepted");
  tally.print("requests through the hub");
  spliced.print("requests spliced");
  crossing.print("requests that may go to providers of other dialects");
  EXPECT_GE(accepted.percent(), 100.0);
  EXPECT_GE(tally.percent(), 99.9);
  EXPECT_GE(spliced.percent(), 100.0);
}

TEST_F(ResponsesCorpus, answers_are_read_and_written_back_equal) {
  Tally read, written, again, facts_agree;
  for_each_recording([&](const corpus::Exchange& exchange, const Provider& where) {
    if (exchange.stream || exchange.status != 200 || exchange.answer.empty()) return;
    simdjson::dom::parser parser;
    Dom root;
    if (parser.parse(exchange.answer).get(root) != simdjson::SUCCESS) return;
    std::string body = exchange.answer;
    const auto facts = dialect.read_answer_facts(reader, Endpoint::chat, body, where);
    const auto answer = dialect.read_answer(reader, Endpoint::chat, body, where);
    ASSERT_EQ(facts.has_value(), answer.has_value()) << exchange.id;
    // One was queued for the background.
    if (!answer && text_of(root, "status") == "queued") return;
    if (!answer) return read.add(false, answer.error().message, exchange.id);
    const Spelled expected = expect_response(root);
    const std::string cause = responses_test::spelled(*answer).difference(expected);
    read.add(cause.empty(), cause, exchange.id);
    const bool any =
        !(expected.text + expected.thoughts + expected.refusals + expected.calls).empty();
    facts_agree.add(facts->usage == answer->usage && facts->model == answer->model &&
                        facts->finish == answer->choices.front().finish &&
                        (facts->has_content || !any),
                    "facts", exchange.id);
    std::string where_differs;
    std::string ours = dialect.write_answer(*answer, Ask());
    // An own answer says "object" with the members that the hub has no word for.
    const bool equal = corpus::same_json(exchange.answer, ours, where_differs);
    written.add(equal, where_differs, exchange.id);
    const auto second = dialect.read_answer(reader, Endpoint::chat, ours, where);
    again.add(second && second->choices == answer->choices && second->usage == answer->usage,
              "again", exchange.id);
  });
  read.print("whole answers read");
  written.print("whole answers written");
  again.print("whole answers read again");
  facts_agree.print("facts agree with the full reading");
  EXPECT_GE(read.percent(), 99.8);  // one claims that it made -9 tokens, which are none here
  EXPECT_GE(written.percent(), 99.9);
  EXPECT_GE(again.percent(), 100.0);
  EXPECT_GE(facts_agree.percent(), 100.0);
}

TEST_F(ResponsesCorpus, streams_spell_what_was_recorded) {
  Tally read, facts_agree, rewritten;
  for_each_recording([&](const corpus::Exchange& exchange, const Provider& where) {
    if (!exchange.stream || exchange.status != 200) return;
    const auto expected = expect_stream(exchange.answer);
    if (!expected) return;
    const std::vector<Delta> deltas =
        responses_test::deltas_of(dialect, reader, where, exchange.answer);
    const Answer answer = responses_test::folded(deltas);
    const Spelled seen = responses_test::spelled(answer);
    std::string cause = seen.difference(*expected);
    read.add(cause.empty(), cause, exchange.id);

    auto plain = dialect.open_reader(reader, where);
    Usage usage;
    std::string model;
    FinishReason finish = FinishReason::none;
    int done = 0, contents = 0, odd = 0;
    responses_test::for_each_event(exchange.answer, [&](const SseEvent& event) {
      const EventFacts facts = plain->read(event, nullptr);
      if (facts.usage) usage = *facts.usage;
      if (!facts.model.empty()) model = facts.model;
      if (facts.finish != FinishReason::none) finish = facts.finish;
      done += facts.done && event.data != "[DONE]";
      contents += facts.content;
      odd += facts.malformed || facts.fault.has_value();
    });
    const bool said = !(seen.text + seen.thoughts + seen.calls + seen.refusals).empty();
    facts_agree.add(usage == answer.usage && model == answer.model && finish == seen.finish &&
                        done == 1 && odd == 0 && (contents > 0 || !said),
                    "facts", exchange.id);

    const std::string ours = responses_test::streamed(dialect, deltas, Ask());
    const Answer second =
        responses_test::folded(responses_test::deltas_of(dialect, reader, where, ours));
    cause = responses_test::spelled(second).difference(seen);
    rewritten.add(cause.empty(), cause, exchange.id);
  });
  read.print("streams read");
  facts_agree.print("facts agree with the full reading");
  rewritten.print("streams written again");
  EXPECT_GE(read.percent(), 99.9);
  EXPECT_GE(facts_agree.percent(), 100.0);
  EXPECT_GE(rewritten.percent(), 99.9);
}

FaultKind kind_of(const std::string& label) {
  if (label == "auth") return FaultKind::auth;
  if (label == "model_not_found") return FaultKind::model_gone;
  return label == "invalid_request" ? FaultKind::bad_request : FaultKind::internal;
}

TEST_F(ResponsesCorpus, errors_are_classified_as_labelled) {
  Tally tally;
  corpus::for_each("errors/errors.open.jsonl", true, [&](const corpus::Exchange& exchange) {
    if (exchange.api != "responses") return;
    Headers headers;
    for (const auto& [name, value] : exchange.headers) headers.add({name, value});
    std::string body = exchange.answer;
    const Fault fault = dialect.read_fault(reader, exchange.status, headers, body, 0);
    tally.add(fault.kind == kind_of(exchange.label),
              exchange.label + " as " + std::string(to_string(fault.kind)), exchange.id);
  });
  tally.print("errors of Responses providers");
  test::measured("labelled errors", "Responses", tally.good, tally.all);
  EXPECT_GE(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
