// Tests of the Cohere dialect over recorded traffic; skipped where the recordings are absent.
#include <gtest/gtest.h>

#include "dialect/test_reading.h"

namespace wye {
namespace {

using reading::Meaning;
using reading::meaning_of;
using reading::Tally;

std::optional<Endpoint> endpoint_of(const corpus::Exchange& exchange) {
  // Version 1 of the chat is another format; that of the other endpoints is like version 2.
  if (exchange.api == "cohere-chat") {
    if (exchange.request.find("\"messages\"") == std::string::npos) return std::nullopt;
    return Endpoint::chat;
  }
  if (exchange.api == "embeddings") return Endpoint::embeddings;
  if (exchange.api == "rerank") return Endpoint::rerank;
  return std::nullopt;
}

class CohereCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  void for_each(const std::function<void(const corpus::Exchange&, Endpoint)>& use) {
    corpus::for_each_exchange("cohere", [&](const corpus::Exchange& exchange) {
      const auto endpoint = endpoint_of(exchange);
      if (endpoint && exchange.status == 200) use(exchange, *endpoint);
    });
  }

  const Dialect& cohere = *dialect_of(DialectId::cohere);
  const Dialect& openai = *dialect_of(DialectId::openai);
  const Provider provider = corpus::provider_of("cohere");
  JsonReader reader;
};

FinishReason finish_of(const std::string& word) {
  if (word == "TOOL_CALL") return FinishReason::tool_calls;
  if (word == "MAX_TOKENS") return FinishReason::length;
  return word == "COMPLETE" || word == "STOP_SEQUENCE" ? FinishReason::stop : FinishReason::other;
}

std::int64_t count_at(const corpus::Dom& value, const std::string& pointer) {
  std::int64_t count = 0;
  return value.at_pointer(pointer).get(count) == simdjson::SUCCESS ? count : 0;
}

Usage usage_of(const corpus::Dom& root, const std::string& at) {
  Usage usage;
  usage.source = UsageSource::provider;
  usage.input = count_at(root, at + "/billed_units/input_tokens");
  usage.output = count_at(root, at + "/billed_units/output_tokens");
  usage.reasoning = count_at(root, at + "/tokens/reasoning_tokens");
  return usage;
}

// The meaning of a recorded answer, by hand.
Meaning expected_whole(const corpus::Dom& root) {
  Meaning out;
  out.reasoning = corpus::text_at(root, "/message/tool_plan");
  simdjson::dom::array list;
  if (root.at_pointer("/message/content").get(list) == simdjson::SUCCESS) {
    for (const corpus::Dom part : list) {
      out.text += corpus::text_at(part, "/text");
      out.reasoning += corpus::text_at(part, "/thinking");
    }
  }
  if (root.at_pointer("/message/tool_calls").get(list) == simdjson::SUCCESS) {
    for (const corpus::Dom call : list) {
      out.calls.emplace_back(corpus::text_at(call, "/function/name"),
                             reading::minified(corpus::text_at(call, "/function/arguments")));
    }
  }
  out.finish = finish_of(corpus::text_at(root, "/finish_reason"));
  out.usage = usage_of(root, "/usage");
  return out;
}

void add_event(const corpus::Dom& event, Meaning& out) {
  const std::string type = corpus::text_at(event, "/type");
  const std::string message = "/delta/message/";
  out.text += corpus::text_at(event, message + "content/text");
  out.reasoning += corpus::text_at(event, message + "content/thinking");
  out.reasoning += corpus::text_at(event, message + "tool_plan");
  if (type == "tool-call-start") {
    out.calls.emplace_back(corpus::text_at(event, message + "tool_calls/function/name"), "");
  }
  const std::string more = corpus::text_at(event, message + "tool_calls/function/arguments");
  if (!more.empty()) out.calls.back().second += more;
  if (type != "message-end") return;
  out.finish = finish_of(corpus::text_at(event, "/delta/finish_reason"));
  out.usage = usage_of(event, "/delta/usage");
}

Meaning expected(const corpus::Exchange& exchange) {
  Meaning out;
  simdjson::dom::parser parser;
  corpus::Dom root;
  if (!exchange.stream) {
    if (parser.parse(exchange.answer).get(root) == simdjson::SUCCESS) out = expected_whole(root);
    return out;
  }
  std::istringstream lines(exchange.answer);
  std::string line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("data: {")) continue;
    if (parser.parse(line.substr(6)).get(root) == simdjson::SUCCESS) add_event(root, out);
  }
  for (auto& [name, arguments] : out.calls) {
    arguments = reading::minified(arguments.empty() ? "{}" : arguments);
  }
  return out;
}

TEST_F(CohereCorpus, answers_say_what_was_recorded) {
  Tally whole, streamed, facts_agree;
  for_each([&](const corpus::Exchange& exchange, Endpoint endpoint) {
    if (endpoint != Endpoint::chat) return;
    if (exchange.stream) {
      const auto full = reading::read_stream(cohere, reader, provider, exchange.answer);
      const auto facts = reading::read_stream(cohere, reader, provider, exchange.answer, false);
      const std::string cause = reading::difference(meaning_of(full.answer), expected(exchange));
      streamed.add(cause.empty(), cause, exchange.id);
      facts_agree.add(full.done && full.malformed == 0 && full.fault.empty() &&
                          facts.usage == full.answer.usage && facts.contents > 0 &&
                          facts.finish == full.answer.choices.at(0).finish,
                      "stream facts", exchange.id);
      return;
    }
    std::string body = exchange.answer;
    const auto facts = cohere.read_answer_facts(reader, endpoint, body, provider);
    const auto answer = cohere.read_answer(reader, endpoint, body, provider);
    ASSERT_TRUE(facts && answer) << exchange.id;
    const std::string cause = reading::difference(meaning_of(*answer), expected(exchange));
    whole.add(cause.empty(), cause, exchange.id);
    facts_agree.add(facts->usage == answer->usage && facts->has_content &&
                        facts->finish == answer->choices.front().finish,
                    "facts", exchange.id);
  });
  whole.print("Cohere answers");
  streamed.print("Cohere streams");
  facts_agree.print("Cohere facts");
  for (const Tally* tally : {&whole, &streamed, &facts_agree}) {
    EXPECT_GT(tally->all, 15);
    EXPECT_GE(tally->percent(), 99.9);
  }
}

TEST_F(CohereCorpus, answers_of_all_endpoints_are_written_back_equal) {
  Tally tally;
  for_each([&](const corpus::Exchange& exchange, Endpoint endpoint) {
    if (exchange.stream) return;
    std::string body = exchange.answer;
    const auto answer = cohere.read_answer(reader, endpoint, body, provider);
    ASSERT_TRUE(answer.has_value()) << exchange.id;
    std::string cause;
    const bool equal =
        corpus::same_json(exchange.answer, cohere.write_answer(*answer, Ask{}), cause);
    tally.add(equal, cause, exchange.id);
  });
  tally.print("Cohere answers through the hub");
  // Version 1 of embed, asked for no type, gives a bare list; two recordings are of that sort.
  EXPECT_GE(tally.good, tally.all - 2);
  EXPECT_GT(tally.all, 60);
}

TEST_F(CohereCorpus, requests_come_back_equal) {
  Tally tally, spliced;
  for_each([&](const corpus::Exchange& exchange, Endpoint endpoint) {
    const InboundRoute route{.dialect = DialectId::cohere, .endpoint = endpoint};
    auto ask = cohere.read_ask(reader, route, exchange.request);
    ASSERT_TRUE(ask.has_value()) << exchange.id << ask.error().message;
    EXPECT_EQ(ask->facts.stream, exchange.stream) << exchange.id;
    EXPECT_GT(ask->facts.input_tokens, 0) << exchange.id;
    Deployment deployment;
    deployment.model = ask->facts.model;
    const auto content = cohere.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << exchange.id;
    const auto written = cohere.write_ask(*content, *ask, deployment, provider);
    ASSERT_TRUE(written.has_value()) << exchange.id << written.error().message;
    std::string cause;
    bool equal = corpus::same_json(exchange.request, reading::joined(*written), cause);
    tally.add(equal, cause, exchange.id);
    cause.clear();
    equal = corpus::same_json(
        exchange.request, reading::joined(cohere.splice(*ask, deployment, provider, false)), cause);
    spliced.add(equal, cause, exchange.id);
  });
  tally.print("Cohere requests through the hub");
  spliced.print("Cohere requests spliced");
  EXPECT_GE(tally.percent(), 100.0);
  EXPECT_GE(spliced.percent(), 100.0);
}

TEST_F(CohereCorpus, answers_survive_openai_clients) {
  Tally tally;
  Ask ask;
  ask.client_wants_usage = true;
  for_each([&](const corpus::Exchange& exchange, Endpoint endpoint) {
    if (endpoint != Endpoint::chat) return;
    Meaning wanted, got;
    if (exchange.stream) {
      const auto own = reading::read_stream(cohere, reader, provider, exchange.answer);
      wanted = meaning_of(own.answer);
      got = meaning_of(reading::through(openai, reader, provider, ask, own.deltas).answer);
    } else {
      std::string body = exchange.answer;
      const auto answer = cohere.read_answer(reader, endpoint, body, provider);
      std::string written = openai.write_answer(*answer, ask);
      const auto other = openai.read_answer(reader, endpoint, written, provider);
      ASSERT_TRUE(other.has_value()) << exchange.id;
      wanted = meaning_of(*answer);
      got = meaning_of(*other);
    }
    const std::string cause = reading::difference(wanted, got);
    tally.add(cause.empty(), cause, exchange.id);
  });
  tally.print("Cohere answers to OpenAI clients");
  EXPECT_GE(tally.percent(), 99.5);
}

// What Cohere's format has a place for.
Meaning in_cohere(Meaning meaning) {
  using enum FinishReason;
  if (meaning.finish == none || meaning.finish == content_filter || meaning.finish == other) {
    meaning.finish = stop;
  }
  meaning.usage.cache_read = meaning.usage.cache_write = 0;
  return meaning;
}

TEST_F(CohereCorpus, openai_answers_survive_cohere_clients) {
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
        back = reading::through(cohere, reader, provider, ask, read.deltas).answer;
      } else {
        std::string body = exchange.answer;
        auto read = openai.read_answer(reader, Endpoint::chat, body, from);
        if (!read) return;
        answer = std::move(*read);
        std::string written = cohere.write_answer(answer, ask);
        auto other = cohere.read_answer(reader, Endpoint::chat, written, provider);
        ASSERT_TRUE(other.has_value()) << exchange.id << other.error().message;
        back = std::move(*other);
      }
      std::erase_if(answer.choices, [](const Choice& choice) { return choice.index != 0; });
      const std::string cause =
          reading::difference(in_cohere(reading::meaning_with_refusals(answer)), meaning_of(back));
      tally.add(cause.empty(), cause, exchange.id);
    });
  }
  tally.print("OpenAI answers to Cohere clients");
  EXPECT_GT(tally.all, 2500);
  EXPECT_GE(tally.percent(), 100.0);
}

// Content of OpenAI's clients as Cohere's, and what of it a Cohere reader finds again.
TEST_F(CohereCorpus, openai_requests_keep_their_words_and_tools) {
  Tally tally;
  int refused = 0;
  for (const std::string_view name : {"openai", "groq", "mistral"}) {
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200) return;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, exchange.request);
      if (!ask) return;
      const auto content = openai.read_content(reader, *ask);
      Deployment deployment;
      deployment.model = "m";
      const auto written = cohere.write_ask(*content, *ask, deployment, provider);
      if (!written) {
        EXPECT_EQ(written.error().code, "unsupported_parameter") << exchange.id;
        ++refused;
        return;
      }
      const InboundRoute route{.dialect = DialectId::cohere, .endpoint = Endpoint::chat};
      auto again = cohere.read_ask(reader, route, reading::joined(*written));
      ASSERT_TRUE(again.has_value()) << exchange.id << again.error().message;
      const auto back = cohere.read_content(reader, *again);
      const auto words = [](const Content& from) {
        std::string out;
        for (const Message& message : from.messages) {
          out += text_of(message.parts);
          for (const Part& part : message.parts) {
            const auto* result = std::get_if<ToolResult>(&part.body);
            if (result != nullptr) out += result->call_id + text_of(result->parts);
            const auto* call = std::get_if<ToolCall>(&part.body);
            if (call != nullptr) out += call->id + call->name + reading::minified(call->arguments);
          }
        }
        return out;
      };
      tally.add(words(*content) == words(*back), "words", exchange.id);
      EXPECT_EQ(back->stream, content->stream);
    });
  }
  tally.print("OpenAI requests to Cohere");
  std::printf("  refused as unsupported: %d\n", refused);
  EXPECT_GE(tally.percent(), 99.5);
}

}  // namespace
}  // namespace wye
