// Tests of the Anthropic dialect over recorded traffic: what is read must be what was said, what is
// written must mean what was read. What was said is found here by walking the recordings' JSON in
// the plainest way. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;
using corpus::Dom;

class AnthropicCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  JsonReader reader;
};

std::optional<Endpoint> endpoint_of(const corpus::Exchange& exchange) {
  if (exchange.api == "messages") return Endpoint::chat;
  if (exchange.api == "count_tokens") return Endpoint::count_tokens;
  return std::nullopt;
}

std::int64_t number_at(const Dom& value, std::string_view pointer, std::int64_t otherwise) {
  std::int64_t out = 0;
  return value.at_pointer(pointer).get(out) == simdjson::SUCCESS ? out : otherwise;
}

FinishReason finish_of(std::string_view word) {
  if (word == "end_turn" || word == "stop_sequence") return FinishReason::stop;
  if (word == "tool_use") return FinishReason::tool_calls;
  if (word == "max_tokens" || word == "model_context_window_exceeded") return FinishReason::length;
  if (word == "refusal") return FinishReason::content_filter;
  return word.empty() ? FinishReason::none : FinishReason::other;
}

void take_usage(const Dom& usage, Spelled& out) {
  const std::int64_t plain = out.input - out.cache_read - out.cache_write;
  out.cache_read = number_at(usage, "/cache_read_input_tokens", out.cache_read);
  out.cache_write = number_at(usage, "/cache_creation_input_tokens", out.cache_write);
  out.input = number_at(usage, "/input_tokens", plain) + out.cache_read + out.cache_write;
  out.output = number_at(usage, "/output_tokens", out.output);
  out.thinking = number_at(usage, "/output_tokens_details/thinking_tokens", out.thinking);
}

Spelled expected_of_answer(std::string_view body) {
  Spelled out;
  simdjson::dom::parser parser;
  Dom root;
  if (parser.parse(std::string(body)).get(root) != simdjson::SUCCESS) return out;
  simdjson::dom::array blocks;
  if (root["content"].get(blocks) == simdjson::SUCCESS) {
    for (const Dom block : blocks) {
      const std::string type = corpus::text_at(block, "/type");
      if (type == "text") out.text += corpus::text_at(block, "/text");
      if (type == "thinking") out.reasoning += corpus::text_at(block, "/thinking");
      if (type == "tool_use") {
        out.calls.emplace_back(corpus::text_at(block, "/name"),
                               simdjson::minify(block.at_pointer("/input")));
      }
    }
  }
  out.finish = finish_of(corpus::text_at(root, "/stop_reason"));
  Dom usage;
  if (root["usage"].get(usage) == simdjson::SUCCESS) take_usage(usage, out);
  return out;
}

void add_event(const Dom& event, std::map<std::int64_t, std::string>& arguments,
               std::vector<std::int64_t>& calls, Spelled& out) {
  const std::string type = corpus::text_at(event, "/type");
  const std::int64_t index = number_at(event, "/index", 0);
  Dom usage;
  if (event.at_pointer("/message/usage").get(usage) == simdjson::SUCCESS) take_usage(usage, out);
  if (event.at_pointer("/usage").get(usage) == simdjson::SUCCESS) take_usage(usage, out);
  if (type == "content_block_start" &&
      corpus::text_at(event, "/content_block/type") == "tool_use") {
    out.calls.emplace_back(corpus::text_at(event, "/content_block/name"), "");
    calls.push_back(index);
  }
  if (type == "content_block_delta") {
    out.text += corpus::text_at(event, "/delta/text");
    out.reasoning += corpus::text_at(event, "/delta/thinking");
    arguments[index] += corpus::text_at(event, "/delta/partial_json");
  }
  if (type == "message_delta") out.finish = finish_of(corpus::text_at(event, "/delta/stop_reason"));
}

Spelled expected_of_stream(std::string_view body) {
  Spelled out;
  std::map<std::int64_t, std::string> arguments;
  std::vector<std::int64_t> calls;
  simdjson::dom::parser parser;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    at = end + 1;
    Dom event;
    if (!line.starts_with("data:")) continue;
    if (parser.parse(std::string(line.substr(5))).get(event) != simdjson::SUCCESS) continue;
    add_event(event, arguments, calls, out);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string& json = arguments[calls[i]];
    out.calls[i].second = compact(json.empty() ? "{}" : json);
  }
  return out;
}

TEST_F(AnthropicCorpus, requests_are_read_and_written_back_equal) {
  Tally accepted, written, spliced;
  corpus::for_each_exchange("anthropic", [&](const corpus::Exchange& exchange) {
    const auto endpoint = endpoint_of(exchange);
    if (!endpoint || exchange.request.empty() || exchange.status >= 400) return;
    auto ask = dialect.read_ask(reader, {.endpoint = *endpoint}, exchange.request);
    accepted.add(ask ? "" : ask.error().message, exchange.id);
    if (!ask) return;
    Deployment deployment;
    deployment.model = ask->facts.model;
    auto content = dialect.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << exchange.id;
    auto request = dialect.write_ask(*content, *ask, deployment, Provider{});
    ASSERT_TRUE(request.has_value()) << exchange.id;
    std::string cause;
    (void)corpus::same_json(exchange.request, joined(*request), cause);
    written.add(corpus::same_json(exchange.request, joined(*request), cause) ? "" : cause,
                exchange.id);
    const ProviderRequest same = dialect.splice(*ask, deployment, Provider{}, false);
    spliced.add(corpus::same_json(exchange.request, joined(same), cause) ? "" : cause, exchange.id);
  });
  accepted.print("requests that Anthropic accepted are accepted");
  written.print("requests through the hub are equal");
  spliced.print("requests spliced are equal");
  EXPECT_GT(accepted.all, 700);
  EXPECT_EQ(accepted.percent(), 100.0);
  EXPECT_GE(written.percent(), 99.9);
  EXPECT_EQ(spliced.percent(), 100.0);
}

TEST_F(AnthropicCorpus, answers_say_what_was_recorded) {
  Tally said, written, facts_agree;
  const auto check = [&](const corpus::Exchange& exchange, Endpoint endpoint) {
    std::string body = exchange.answer;
    const auto answer = dialect.read_answer(reader, endpoint, body, Provider{});
    const auto facts = dialect.read_answer_facts(reader, endpoint, body, Provider{});
    ASSERT_EQ(facts.has_value(), answer.has_value()) << exchange.id;
    if (!answer) return said.add("fault: " + answer.error().message.substr(0, 60), exchange.id);
    const std::string ours = dialect.write_answer(*answer, Ask{});
    std::string cause;
    const bool equal = corpus::same_json(exchange.answer, ours, cause);
    written.add(equal ? "" : cause, exchange.id);
    if (endpoint == Endpoint::count_tokens) return;
    const Spelled spelled = spell(*answer);
    said.add(difference(expected_of_answer(exchange.answer), spelled), exchange.id);
    const bool agree = facts->usage == answer->usage && facts->model == answer->model &&
                       facts->finish == answer->choices.front().finish &&
                       facts->has_content == !answer->choices.front().parts.empty();
    facts_agree.add(agree ? "" : "facts", exchange.id);
  };
  corpus::for_each_exchange("anthropic", [&](const corpus::Exchange& exchange) {
    const auto endpoint = endpoint_of(exchange);
    if (endpoint && !exchange.stream && exchange.status == 200) check(exchange, *endpoint);
  });
  // Bedrock's older endpoint answers in the words of the model's maker.
  corpus::for_each_exchange("bedrock", [&](const corpus::Exchange& exchange) {
    const bool message = exchange.answer.find(R"("type":"message")") != std::string::npos;
    if (exchange.api == "invoke" && !exchange.stream && exchange.status == 200 && message) {
      check(exchange, Endpoint::chat);
    }
  });
  said.print("answers say what was recorded");
  written.print("answers written back are equal");
  facts_agree.print("facts agree with the full reading");
  EXPECT_GT(said.all, 480);
  EXPECT_GE(said.percent(), 99.9);
  EXPECT_GE(written.percent(), 99.9);
  EXPECT_EQ(facts_agree.percent(), 100.0);
}

// What a relay learns without reading the text.
std::string summary(const Reading& reading) {
  std::string out;
  Usage usage;
  for (const EventFacts& facts : reading.facts) {
    out += facts.content ? 'c' : '.';
    if (facts.done) out += 'd';
    if (facts.malformed) out += 'm';
    if (facts.fault) out += 'f';
    if (facts.finish != FinishReason::none) out += to_string(facts.finish);
    if (facts.usage) usage = *facts.usage;
    out += std::to_string(facts.output_bytes);
  }
  return out + "/" + std::to_string(usage.input) + "/" + std::to_string(usage.output);
}

TEST_F(AnthropicCorpus, streams_say_what_was_recorded) {
  Tally said, facts_agree, again;
  int malformed = 0;
  corpus::for_each_exchange("anthropic", [&](const corpus::Exchange& exchange) {
    if (exchange.api != "messages" || !exchange.stream || exchange.status != 200) return;
    if (exchange.answer.find("event:") == std::string::npos) return;  // recorded without its body
    const Reading full = read_stream(dialect, reader, exchange.answer);
    const Spelled spelled = spell(full.answer);
    said.add(difference(expected_of_stream(exchange.answer), spelled), exchange.id);
    const Reading brief = read_stream(dialect, reader, exchange.answer, false);
    Usage last;
    FinishReason finish = FinishReason::none;
    for (const EventFacts& facts : brief.facts) {
      malformed += facts.malformed;
      if (facts.usage) last = *facts.usage;
      if (facts.finish != FinishReason::none) finish = facts.finish;
    }
    const bool agree =
        summary(full) == summary(brief) && last == full.answer.usage && finish == spelled.finish;
    facts_agree.add(agree ? "" : "facts", exchange.id);
    const Reading second = read_stream(dialect, reader, write_stream(dialect, full.deltas));
    again.add(difference(spelled, spell(second.answer)), exchange.id);
  });
  said.print("streams say what was recorded");
  facts_agree.print("facts agree with the full reading");
  again.print("streams written again say the same");
  std::printf("malformed events: %d\n", malformed);
  EXPECT_GT(said.all, 200);
  EXPECT_GE(said.percent(), 99.9);
  EXPECT_EQ(facts_agree.percent(), 100.0);
  EXPECT_GE(again.percent(), 99.9);
}

}  // namespace
}  // namespace wye
