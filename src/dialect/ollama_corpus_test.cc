// Tests of the Ollama dialect over recorded traffic; skipped where the recordings are absent.
#include <gtest/gtest.h>

#include "dialect/test_reading.h"
#include "dialect/writing.h"

namespace wye {
namespace {

using reading::Meaning;
using reading::meaning_of;
using reading::Tally;

class OllamaCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }

  void for_each(const std::function<void(const corpus::Exchange&)>& use) {
    corpus::for_each_exchange("ollama", [&](const corpus::Exchange& exchange) {
      if (exchange.api == "ollama-chat" && exchange.status == 200) use(exchange);
    });
  }
  bool streams(const corpus::Exchange& exchange) const {
    return exchange.answer.find("\"done\":false") != std::string::npos;
  }

  const Dialect& ollama = *dialect_of(DialectId::ollama);
  const Dialect& openai = *dialect_of(DialectId::openai);
  const Provider provider = corpus::provider_of("ollama");
  JsonReader reader;
};

std::int64_t count_at(const corpus::Dom& value, std::string_view pointer) {
  std::int64_t count = 0;
  return value.at_pointer(pointer).get(count) == simdjson::SUCCESS ? count : 0;
}

// The meaning of recorded lines, by hand.
void add_line(const corpus::Dom& line, Meaning& out) {
  out.text += corpus::text_at(line, "/message/content");
  out.reasoning += corpus::text_at(line, "/message/thinking");
  simdjson::dom::array calls;
  if (line.at_pointer("/message/tool_calls").get(calls) == simdjson::SUCCESS) {
    for (const corpus::Dom call : calls) {
      corpus::Dom arguments;
      ASSERT_EQ(call.at_pointer("/function/arguments").get(arguments), simdjson::SUCCESS);
      out.calls.emplace_back(corpus::text_at(call, "/function/name"), simdjson::minify(arguments));
    }
  }
  bool done = false;
  if (line["done"].get(done) != simdjson::SUCCESS || !done) return;
  const std::string reason = corpus::text_at(line, "/done_reason");
  out.finish = reason == "length"  ? FinishReason::length
               : out.calls.empty() ? FinishReason::stop
                                   : FinishReason::tool_calls;
  out.usage.source = UsageSource::provider;
  out.usage.input = count_at(line, "/prompt_eval_count");
  out.usage.output = count_at(line, "/eval_count");
}

Meaning expected(const corpus::Exchange& exchange) {
  Meaning out;
  simdjson::dom::parser parser;
  std::istringstream lines(exchange.answer);
  std::string line;
  while (std::getline(lines, line)) {
    corpus::Dom root;
    if (parser.parse(line).get(root) == simdjson::SUCCESS) add_line(root, out);
  }
  return out;
}

TEST_F(OllamaCorpus, answers_say_what_was_recorded) {
  Tally meaning, again, facts_agree, stream_facts;
  for_each([&](const corpus::Exchange& exchange) {
    if (streams(exchange)) {
      const auto full = reading::read_stream(ollama, reader, provider, exchange.answer);
      const auto facts = reading::read_stream(ollama, reader, provider, exchange.answer, false);
      const std::string cause = reading::difference(meaning_of(full.answer), expected(exchange));
      meaning.add(cause.empty(), cause, exchange.id);
      stream_facts.add(full.done && full.malformed == 0 && facts.usage == full.answer.usage &&
                           facts.finish == full.answer.choices.at(0).finish && facts.contents > 0,
                       "facts", exchange.id);
      return;
    }
    std::string body = exchange.answer;
    const auto facts = ollama.read_answer_facts(reader, Endpoint::chat, body, provider);
    const auto answer = ollama.read_answer(reader, Endpoint::chat, body, provider);
    ASSERT_TRUE(answer.has_value()) << exchange.id << answer.error().message;
    const std::string cause = reading::difference(meaning_of(*answer), expected(exchange));
    meaning.add(cause.empty(), cause, exchange.id);
    facts_agree.add(facts && facts->usage == answer->usage && facts->model == answer->model &&
                        facts->finish == answer->choices.front().finish && facts->has_content,
                    "facts", exchange.id);
    std::string where;
    std::string written = ollama.write_answer(*answer, Ask{});
    const auto back = ollama.read_answer(reader, Endpoint::chat, written, provider);
    again.add(back && back->choices == answer->choices && back->usage == answer->usage &&
                  back->extra.size() == answer->extra.size(),
              where, exchange.id);
  });
  meaning.print("Ollama answers");
  again.print("Ollama answers written and read again");
  facts_agree.print("Ollama facts");
  stream_facts.print("Ollama stream facts");
  for (const Tally* tally : {&meaning, &again, &facts_agree, &stream_facts}) {
    EXPECT_GT(tally->all, 3);
    EXPECT_GE(tally->percent(), 99.9);
  }
}

TEST_F(OllamaCorpus, requests_come_back_equal) {
  Tally tally, spliced;
  for_each([&](const corpus::Exchange& exchange) {
    const InboundRoute route{.dialect = DialectId::ollama, .endpoint = Endpoint::chat};
    auto ask = ollama.read_ask(reader, route, exchange.request);
    ASSERT_TRUE(ask.has_value()) << exchange.id << ask.error().message;
    EXPECT_EQ(ask->facts.stream, streams(exchange)) << exchange.id;
    Deployment deployment;
    deployment.model = ask->facts.model;
    const auto content = ollama.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << exchange.id;
    const auto written = ollama.write_ask(*content, *ask, deployment, provider);
    ASSERT_TRUE(written.has_value()) << exchange.id;
    std::string cause;
    const bool equal = corpus::same_json(exchange.request, reading::joined(*written), cause);
    tally.add(equal, cause, exchange.id);
    cause.clear();
    const bool same = corpus::same_json(
        exchange.request, reading::joined(ollama.splice(*ask, deployment, provider, false)), cause);
    spliced.add(same, cause, exchange.id);
  });
  tally.print("Ollama requests through the hub");
  spliced.print("Ollama requests spliced");
  EXPECT_GE(tally.percent(), 100.0);
  EXPECT_GE(spliced.percent(), 100.0);
}

// By the hub to OpenAI's client and back.
TEST_F(OllamaCorpus, answers_survive_openai_clients) {
  Tally tally;
  Ask ask;
  ask.client_wants_usage = true;
  for_each([&](const corpus::Exchange& exchange) {
    if (streams(exchange)) {
      const auto own = reading::read_stream(ollama, reader, provider, exchange.answer);
      const auto other = reading::through(openai, reader, provider, ask, own.deltas);
      const std::string cause =
          reading::difference(meaning_of(own.answer), meaning_of(other.answer));
      return tally.add(cause.empty(), cause, exchange.id);
    }
    std::string body = exchange.answer;
    const auto answer = ollama.read_answer(reader, Endpoint::chat, body, provider);
    if (!answer) return;
    std::string written = openai.write_answer(*answer, ask);
    const auto other = openai.read_answer(reader, Endpoint::chat, written, provider);
    ASSERT_TRUE(other.has_value()) << exchange.id;
    const std::string cause = reading::difference(meaning_of(*answer), meaning_of(*other));
    tally.add(cause.empty(), cause, exchange.id);
  });
  tally.print("Ollama answers to OpenAI clients");
  EXPECT_GE(tally.percent(), 99.5);
}

// What Ollama's format has a place for: one choice, four ways to end, counts of input and output.
Meaning in_ollama(Meaning meaning) {
  if (meaning.finish != FinishReason::length) {
    meaning.finish = meaning.calls.empty() ? FinishReason::stop : FinishReason::tool_calls;
  }
  for (auto& [name, arguments] : meaning.calls) {
    arguments = reading::minified(arguments_object(arguments));
  }
  meaning.usage.cache_read = meaning.usage.cache_write = meaning.usage.reasoning = 0;
  return meaning;
}

TEST_F(OllamaCorpus, openai_answers_survive_ollama_clients) {
  Tally tally;
  const Ask ask;
  for (const std::string_view name : corpus::compatible) {
    const Provider from = corpus::provider_of(name);
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200) return;
      Answer answer, back;
      if (exchange.stream) {
        const auto read = reading::read_stream(openai, reader, from, exchange.answer);
        if (read.answer.choices.empty()) return;
        answer = read.answer;
        back = reading::through(ollama, reader, provider, ask, read.deltas).answer;
      } else {
        std::string body = exchange.answer;
        auto read = openai.read_answer(reader, Endpoint::chat, body, from);
        if (!read) return;
        answer = std::move(*read);
        std::string written = ollama.write_answer(answer, ask);
        auto other = ollama.read_answer(reader, Endpoint::chat, written, provider);
        ASSERT_TRUE(other.has_value()) << exchange.id << other.error().message;
        back = std::move(*other);
      }
      std::erase_if(answer.choices, [](const Choice& choice) { return choice.index != 0; });
      const Meaning wanted = in_ollama(reading::meaning_with_refusals(answer));
      const std::string cause = reading::difference(wanted, meaning_of(back));
      tally.add(cause.empty(), cause, exchange.id);
    });
  }
  tally.print("OpenAI answers to Ollama clients");
  EXPECT_GT(tally.all, 2500);
  EXPECT_GE(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
