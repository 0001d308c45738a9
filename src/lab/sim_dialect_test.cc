// The provider simulator in every vendor's format, through the real HTTP server and client: each
// answer is read by wye's own reader of that format.
#include <gtest/gtest.h>

#include "core/answer.h"
#include "dialect/dialect.h"
#include "lab/test_provider_sim.h"
#include "wire/event_stream.h"
#include "wire/json_lines.h"

namespace wye {
namespace {

// How one vendor is asked. In the bodies $P is the question, $A the beginning of the answer, and
// $S stands where a body says that it wants a stream, $U where it wants the usage with it.
struct Format {
  DialectId dialect;
  std::string_view whole_path, stream_path;
  std::string_view ask, continued, with_tool;
};

constexpr Format formats[]{
    {DialectId::openai, "/v1/chat/completions", "/v1/chat/completions",
     R"({"model":"m",$S$U"messages":[{"role":"user","content":"$P"}]})",
     R"({"model":"m",$S$U"messages":[{"role":"user","content":"$P"},{"role":"assistant","content":"$A"}]})",
     R"({"model":"m",$S$U"messages":[{"role":"user","content":"$P"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}}]})"},
    {DialectId::openai_responses, "/v1/responses", "/v1/responses",
     R"({"model":"m",$S"input":"$P"})",
     R"({"model":"m",$S"input":[{"role":"user","content":"$P"},{"role":"assistant","content":"$A"}]})",
     R"({"model":"m",$S"input":"$P","tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}]})"},
    {DialectId::anthropic, "/v1/messages", "/v1/messages",
     R"({"model":"m",$S"max_tokens":900,"messages":[{"role":"user","content":"$P"}]})",
     R"({"model":"m",$S"max_tokens":900,"messages":[{"role":"user","content":"$P"},{"role":"assistant","content":"$A"}]})",
     R"({"model":"m",$S"max_tokens":900,"messages":[{"role":"user","content":"$P"}],"tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}]})"},
    {DialectId::gemini, "/v1beta/models/m:generateContent",
     "/v1beta/models/m:streamGenerateContent?alt=sse",
     R"({"contents":[{"role":"user","parts":[{"text":"$P"}]}]})",
     R"({"contents":[{"role":"user","parts":[{"text":"$P"}]},{"role":"model","parts":[{"text":"$A"}]}]})",
     R"({"contents":[{"role":"user","parts":[{"text":"$P"}]}],"tools":[{"functionDeclarations":[{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}]}]})"},
    {DialectId::bedrock, "/model/m/converse", "/model/m/converse-stream",
     R"({"messages":[{"role":"user","content":[{"text":"$P"}]}]})",
     R"({"messages":[{"role":"user","content":[{"text":"$P"}]},{"role":"assistant","content":[{"text":"$A"}]}]})",
     R"({"messages":[{"role":"user","content":[{"text":"$P"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}}}]}})"},
    {DialectId::cohere, "/v2/chat", "/v2/chat",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"}]})",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"},{"role":"assistant","content":"$A"}]})",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}}]})"},
    {DialectId::ollama, "/api/chat", "/api/chat",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"}]})",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"},{"role":"assistant","content":"$A"}]})",
     R"({"model":"m",$S"messages":[{"role":"user","content":"$P"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"note":{"type":"string","minLength":40}},"required":["city","note"]}}}]})"},
};

constexpr std::string_view question = "Compare solar panels and heat pumps";
constexpr std::string_view tool_question = "Please get weather for Lisbon";

std::string filled(std::string_view text, bool stream, std::string_view asked,
                   std::string_view begun = {}) {
  std::string out(text);
  const auto put = [&](std::string_view hole, std::string_view with) {
    const std::size_t at = out.find(hole);
    if (at != std::string::npos) out.replace(at, hole.size(), with);
  };
  put("$P", asked);
  put("$A", begun);
  put("$U", stream ? R"("stream_options":{"include_usage":true},)" : "");
  put("$S", stream ? R"("stream":true,)" : R"("stream":false,)");
  return out;
}

// What a client makes of a reply.
struct Read {
  std::string text, declined;
  std::vector<ToolCall> calls;
  FinishReason finish = FinishReason::none;
  Usage usage;
  bool done = false;
  int malformed = 0;
  std::optional<Fault> fault;
};

class SimDialectTest : public ProviderSimTest {
 protected:
  SimReply ask(const Format& format, bool stream, std::string_view head_lines = {}) {
    return post(format, stream, filled(format.ask, stream, question), head_lines);
  }
  SimReply post(const Format& format, bool stream, std::string body,
                std::string_view head_lines = {}) {
    return send("POST", std::string(stream ? format.stream_path : format.whole_path),
                std::move(body), std::string(head_lines));
  }
  SimReply struck(const Format& format, bool stream, std::string_view fault) {
    return ask(format, stream, "x-sim-fault: " + std::string(fault) + "\r\n");
  }

  Read read(const Format& format, bool stream, SimReply reply) {
    return stream ? read_stream(format, reply.body) : read_whole(format, reply);
  }

  Read read_whole(const Format& format, SimReply& reply) {
    Read out;
    const Dialect& dialect = *dialect_of(format.dialect);
    const auto answer = dialect.read_answer(json_, Endpoint::chat, reply.body, provider);
    if (answer) {
      take(*answer, out);
    } else {
      out.fault = answer.error();
    }
    return out;
  }

  Fault fault_of(const Format& format, SimReply& reply) {
    return dialect_of(format.dialect)
        ->read_fault(json_, reply.status, reply.lines(), reply.body, provider_world_.now_ms());
  }

  Read read_stream(const Format& format, std::string_view body) {
    switch (dialect_of(format.dialect)->framing) {
      case StreamFraming::json_lines: return fold(format, body, JsonLinesReader(1 << 20));
      case StreamFraming::event_stream: return fold(format, body, EventStreamReader(1 << 20));
      default: return fold(format, body, SseReader(1 << 20));
    }
  }

  template <class Splitter>
  Read fold(const Format& format, std::string_view body, Splitter splitter) {
    Read out;
    AnswerFold answer;
    const auto reader = dialect_of(format.dialect)->open_reader(json_, provider);
    splitter.feed(body);
    SseEvent event;
    while (splitter.next(event).value_or(false)) {
      std::vector<Delta> deltas;
      const EventFacts facts = reader->read(event, &deltas);
      for (const Delta& delta : deltas) answer.add(delta);
      out.done = out.done || facts.done;
      out.malformed += facts.malformed ? 1 : 0;
      if (facts.fault) out.fault = facts.fault;
    }
    take(answer.answer(), out);
    return out;
  }

  static void take(const Answer& answer, Read& out) {
    out.usage = answer.usage;
    if (answer.choices.empty()) return;
    const Choice& choice = answer.choices.front();
    out.finish = choice.finish;
    for (const Part& part : choice.parts) {
      if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
      if (const auto* said = std::get_if<Declined>(&part.body)) out.declined += said->text;
      if (const auto* call = std::get_if<ToolCall>(&part.body)) out.calls.push_back(*call);
    }
  }

  std::string whole_text(const Format& format) {
    return read(format, false, ask(format, false)).text;
  }

  JsonReader json_;
  const Provider provider{};
};

TEST_F(SimDialectTest, EveryVendorSaysTheSameWholeOrStreamed) {
  const std::string expected = whole_text(formats[0]);
  EXPECT_GT(expected.size(), 80U);
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    for (const bool stream : {false, true}) {
      const SimReply reply = ask(format, stream);
      ASSERT_EQ(reply.status, 200) << reply.body;
      const Read seen = read(format, stream, reply);
      EXPECT_EQ(seen.text, expected) << reply.body;
      EXPECT_EQ(seen.finish, FinishReason::stop);
      EXPECT_EQ(seen.usage.output, count_tokens(expected));
      EXPECT_GT(seen.usage.input, 0);
      EXPECT_EQ(seen.malformed, 0);
      EXPECT_FALSE(seen.fault);
      // Gemini has no end but the last chunk's reason.
      EXPECT_EQ(seen.done, stream && format.dialect != DialectId::gemini) << reply.body;
    }
    const SimLogEntry& entry = provider_->log().entries().back();
    EXPECT_EQ(entry.dialect, to_string(format.dialect));
    EXPECT_EQ(entry.model, "m");
    EXPECT_EQ(entry.output_tokens, count_tokens(expected));
    EXPECT_TRUE(entry.stream);
    EXPECT_FALSE(entry.client_closed);
    EXPECT_FALSE(entry.prefilled);
  }
}

TEST_F(SimDialectTest, EveryVendorGoesOnWhereAnotherStopped) {
  const std::string expected = whole_text(formats[0]);
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    for (const std::size_t cut : {std::size_t{7}, std::size_t{31}, expected.size()}) {
      const std::string begun = expected.substr(0, cut);
      for (const bool stream : {false, true}) {
        const SimReply reply =
            post(format, stream, filled(format.continued, stream, question, begun));
        ASSERT_EQ(reply.status, 200) << reply.body;
        EXPECT_EQ(begun + read(format, stream, reply).text, expected);
        const SimLogEntry& entry = provider_->log().entries().back();
        EXPECT_TRUE(entry.prefilled);
        EXPECT_EQ(entry.prefill, begun);
      }
    }
    const SimReply other =
        post(format, false, filled(format.continued, false, question, "In other words"));
    EXPECT_GT(read(format, false, other).text.size(), 20U) << "a beginning that is not its own";
  }
}

TEST_F(SimDialectTest, SomeModelsRefuseABegunAnswer) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    open(R"({"models":[{"name":"*","faults":["no_prefill",{"kind":"status_500","count":1}]}]})");
    EXPECT_GE(ask(format, true).status, 500) << "a question alone is struck by the next fault";
    EXPECT_EQ(ask(format, true).status, 200);
    SimReply reply = post(format, true, filled(format.continued, true, question, "Let"));
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(fault_of(format, reply).kind, FaultKind::bad_request);
  }
}

TEST_F(SimDialectTest, AnthropicTakesNoSpaceAtTheEnd) {
  const Format& format = formats[2];
  EXPECT_EQ(post(format, false, filled(format.continued, false, question, "Let us ")).status, 400);
  EXPECT_EQ(post(format, false, filled(format.continued, false, question, "Let us")).status, 200);
}

TEST_F(SimDialectTest, EveryVendorCallsTools) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    std::string arguments;
    for (const bool stream : {false, true}) {
      const SimReply reply = post(format, stream, filled(format.with_tool, stream, tool_question));
      const Read seen = read(format, stream, reply);
      ASSERT_EQ(seen.calls.size(), 1U) << reply.body;
      EXPECT_EQ(seen.calls[0].name, "get_weather");
      EXPECT_EQ(seen.finish, FinishReason::tool_calls);
      EXPECT_FALSE(text_at(parse(seen.calls[0].arguments), "/city").empty());
      EXPECT_TRUE(arguments.empty() || seen.calls[0].arguments == arguments);
      arguments = seen.calls[0].arguments;
    }
  }
}

TEST_F(SimDialectTest, ArgumentsCanBeDictated) {
  const std::string order = R"(call get_weather {\"city\":\"a } \\\"b\",\"n\":{\"x\":1}} now)";
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const Read seen = read(format, true, post(format, true, filled(format.with_tool, true, order)));
    ASSERT_EQ(seen.calls.size(), 1U);
    const dom::Element given = parse(seen.calls[0].arguments);
    EXPECT_EQ(text_at(given, "/city"), R"(a } "b)");
    EXPECT_EQ(number_at(given, "/n/x"), 1);
  }
}

TEST_F(SimDialectTest, RefusalsAreInTheVendorsWords) {
  struct Row {
    std::string_view fault;
    FaultKind kind;
  };
  constexpr Row rows[]{
      {"status_500", FaultKind::outage},     {"rate_limit", FaultKind::rate_limit},
      {"quota", FaultKind::quota},           {"auth", FaultKind::auth},
      {"model_gone", FaultKind::model_gone}, {"context_length", FaultKind::context_window},
      {"permission", FaultKind::permission}, {"bad_request", FaultKind::bad_request},
  };
  for (const Format& format : formats) {
    for (const Row& row : rows) {
      SCOPED_TRACE(std::string(to_string(format.dialect)) + " " + std::string(row.fault));
      for (const bool stream : {false, true}) {
        SimReply reply = struck(format, stream, row.fault);
        EXPECT_GE(reply.status, 400);
        const FaultKind kind = fault_of(format, reply).kind;
        // OpenAI does not tell a model that one may not use from one that is not there.
        const bool hidden = row.kind == FaultKind::permission && kind == FaultKind::model_gone;
        EXPECT_TRUE(kind == row.kind || hidden) << to_string(kind) << " " << reply.body;
      }
    }
    SimReply busy = struck(format, true, "status_529");
    const FaultKind kind = fault_of(format, busy).kind;
    EXPECT_TRUE(kind == FaultKind::overloaded || kind == FaultKind::outage ||
                kind == FaultKind::rate_limit)
        << busy.body;
    SimReply soon = struck(format, true, "rate_limit;retry_after_ms=2000");
    EXPECT_EQ(fault_of(format, soon).retry_after_ms, 2'000) << to_string(format.dialect);
    SimReply silent = struck(format, true, "rate_limit;retry_after_ms=-1");
    EXPECT_EQ(fault_of(format, silent).retry_after_ms, -1) << silent.body;
  }
}

TEST_F(SimDialectTest, ContentIsFilteredTheVendorsWay) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    for (const bool stream : {false, true}) {
      SimReply reply = struck(format, stream, "content_filter");
      if (reply.status == 200) {
        const Read seen = read(format, stream, reply);
        const bool told = seen.finish == FinishReason::content_filter ||
                          (seen.fault && seen.fault->kind == FaultKind::content_filter);
        EXPECT_TRUE(told) << reply.body;
        EXPECT_EQ(seen.text, "");
      } else {
        EXPECT_EQ(fault_of(format, reply).kind, FaultKind::content_filter) << reply.body;
      }
    }
  }
}

TEST_F(SimDialectTest, StreamsBreakInEveryFormat) {
  const std::string expected = whole_text(formats[0]);
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const SimReply cut = struck(format, true, "cut;after_tokens=4");
    EXPECT_EQ(cut.fault->kind, FaultKind::cut);
    const std::string begun = read(format, true, cut).text;
    EXPECT_TRUE(!begun.empty() && begun.size() < 30 && expected.starts_with(begun)) << begun;
    EXPECT_EQ(provider_->log().entries().back().output_tokens, 4);
    EXPECT_EQ(provider_->log().entries().back().outcome, "broken");

    const Read unended = read(format, true, struck(format, true, "no_done"));
    EXPECT_EQ(unended.text, expected);
    EXPECT_FALSE(unended.done);
    EXPECT_FALSE(unended.fault);

    const Read noisy = read(format, true, struck(format, true, "malformed_event"));
    EXPECT_EQ(noisy.text, expected) << "what comes after a malformed event is right";
    EXPECT_EQ(noisy.malformed, 1);

    const SimReply given_up = struck(format, true, "error_event");
    EXPECT_FALSE(given_up.fault) << "a regular end of HTTP";
    const Read failed = read(format, true, given_up);
    const bool told = failed.fault || failed.finish == FinishReason::error;
    EXPECT_TRUE(told) << given_up.body;
    EXPECT_TRUE(expected.starts_with(failed.text));

    EXPECT_EQ(read(format, true, struck(format, true, "empty")).text, "");
    EXPECT_EQ(struck(format, true, "html_200").headers.at("content-type"), "text/html");
    EXPECT_EQ(struck(format, true, "reset").fault->kind, FaultKind::outage);
    EXPECT_EQ(struck(format, true, "wrong_length").fault->kind, FaultKind::cut);
  }
}

TEST_F(SimDialectTest, WholeAnswersBreakInEveryFormat) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    EXPECT_EQ(struck(format, false, "cut").fault->kind, FaultKind::cut);
    EXPECT_EQ(struck(format, false, "wrong_length").fault->kind, FaultKind::cut);
    EXPECT_TRUE(read(format, false, struck(format, false, "malformed_event")).fault);
    EXPECT_TRUE(read(format, false, struck(format, false, "html_200")).fault);
    const SimReply given_up = struck(format, false, "error_event");
    EXPECT_EQ(given_up.status, 200);
    EXPECT_EQ(read(format, false, given_up).text, "");
  }
}

TEST_F(SimDialectTest, ArgumentsAreCutInside) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const std::string body = filled(format.with_tool, true, question);
    const SimReply reply = post(format, true, body, "x-sim-fault: cut_arguments\r\n");
    EXPECT_EQ(reply.fault->kind, FaultKind::cut);
    for (const ToolCall& call : read(format, true, reply).calls) {
      dom::Element root;
      EXPECT_NE(parser_.parse(call.arguments).get(root), simdjson::SUCCESS) << call.arguments;
    }
  }
}

TEST_F(SimDialectTest, SaysWhatNobodyAskedFor) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    for (const bool stream : {false, true}) {
      const Read no = read(format, stream, struck(format, stream, "refusal"));
      EXPECT_NE((no.text + no.declined).find("can't help"), std::string::npos);
      if (format.dialect == DialectId::anthropic) {
        EXPECT_EQ(no.finish, FinishReason::content_filter);
      }
      const std::string half = read(format, stream, struck(format, stream, "truncated_json")).text;
      EXPECT_TRUE(!half.empty() && half.size() < whole_text(format).size());
      EXPECT_EQ(read(format, stream, struck(format, stream, "wrong_json")).text,
                R"(["not","what","was","asked"])");
    }
  }
}

TEST_F(SimDialectTest, CharactersAreCutByTheReads) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const SimReply reply = struck(format, true, "split_utf8");
    const Read seen = read(format, true, reply);
    EXPECT_NE(seen.text.find("\xc3\xa9"), std::string::npos);
    EXPECT_NE(seen.text.find("\xf0\x9f\x99\x82"), std::string::npos);
    EXPECT_EQ(read(format, false, struck(format, false, "split_utf8")).text, seen.text);
    EXPECT_GT(reply.split_characters, 0) << "a read ended inside a character";
  }
}

TEST_F(SimDialectTest, ThroughputCollapses) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const MonoUs before = universe_.now();
    const SimReply reply = struck(format, true, "slow_tokens;wait_ms=100;after_tokens=50");
    const auto slow = provider_->log().entries().back().output_tokens - 50;
    EXPECT_GT(slow, 0);
    EXPECT_GE(reply.end_us - before, slow * 100'000);
    EXPECT_EQ(read(format, true, reply).text, whole_text(format));
  }
}

TEST_F(SimDialectTest, AClientThatLeavesIsNoticed) {
  open(R"({"models":[{"name":"*","tokens_per_second":10}]})");
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const std::string body = filled(format.ask, true, question);
    (void)send("POST", std::string(format.stream_path), body, "", 2'000);
    client_->close_idle();
    universe_.run_for(3'000);
    const SimLogEntry& entry = provider_->log().entries().back();
    EXPECT_TRUE(entry.client_closed);
    EXPECT_GT(entry.output_tokens, 5);
    EXPECT_LT(entry.output_tokens, 30) << "a model whose reader has left says no more";
  }
}

TEST_F(SimDialectTest, CountsTokens) {
  const SimReply anthropic =
      send("POST", "/v1/messages/count_tokens",
           R"({"model":"m","messages":[{"role":"user","content":"a b c"}]})");
  EXPECT_EQ(number_at(parse(anthropic.body), "/input_tokens"), 10);
  for (const char* version : {"/v1", "/v1beta"}) {
    const SimReply gemini = send("POST", std::string(version) + "/models/m:countTokens",
                                 R"({"contents":[{"role":"user","parts":[{"text":"a b c"}]}]})");
    EXPECT_EQ(number_at(parse(gemini.body), "/totalTokens"), 10) << gemini.body;
  }
}

TEST_F(SimDialectTest, EmbedsAndRanks) {
  const auto body_of = [&](std::string_view path, std::string_view body) {
    return send("POST", std::string(path), std::string(body)).body;
  };
  const std::string one =
      body_of("/v1beta/models/m:embedContent",
              R"({"content":{"parts":[{"text":"heat"}]},"outputDimensionality":8})");
  EXPECT_EQ(at(parse(one), "/embedding/values").get_array().size(), 8U) << one;
  const std::string many = body_of(
      "/v1/models/m:batchEmbedContents",
      R"({"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]}},{"model":"models/m","content":{"parts":[{"text":"b"}]}}]})");
  EXPECT_EQ(at(parse(many), "/embeddings").get_array().size(), 2U) << many;
  const std::string cohere = body_of(
      "/v2/embed",
      R"({"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float"]})");
  EXPECT_EQ(at(parse(cohere), "/embeddings/float").get_array().size(), 2U) << cohere;
  const std::string ollama = body_of("/api/embed", R"({"model":"m","input":["a","b","c"]})");
  EXPECT_EQ(at(parse(ollama), "/embeddings").get_array().size(), 3U) << ollama;
  for (const char* path : {"/v2/rerank", "/v1/rerank"}) {
    const std::string ranked = body_of(
        path,
        R"({"model":"m","query":"heat pumps","documents":["bread","two heat pumps","pumps"]})");
    const bool cohere_path = path[2] == '2';
    EXPECT_EQ(number_at(parse(ranked), cohere_path ? "/results/0/index" : "/data/0/index"), 1)
        << ranked;
  }
}

TEST_F(SimDialectTest, GeminiStreamsAnArrayWhenNobodyAsksForEvents) {
  const Format& format = formats[3];
  const SimReply reply =
      send("POST", "/v1beta/models/m:streamGenerateContent", filled(format.ask, true, question));
  const dom::Element root = parse(reply.body);
  std::string text;
  const auto chunks = dom::array(root);
  ASSERT_TRUE(chunks);
  for (const dom::Element chunk : *chunks)
    text += text_at(chunk, "/candidates/0/content/parts/0/text");
  EXPECT_EQ(text, whole_text(format));
}

TEST_F(SimDialectTest, HostileBodiesAreRefused) {
  for (const Format& format : formats) {
    SCOPED_TRACE(to_string(format.dialect));
    const std::string whole = filled(format.with_tool, true, tool_question);
    for (std::size_t cut = 0; cut < whole.size(); cut += 7)
      EXPECT_EQ(post(format, true, whole.substr(0, cut)).status, 400) << cut;
    EXPECT_EQ(post(format, true, "[]").status, 400);
    const std::string huge(1 << 20, 'x');
    EXPECT_EQ(post(format, false, filled(format.ask, false, huge)).status, 400)
        << "beyond the context window";
  }
}

}  // namespace
}  // namespace wye
