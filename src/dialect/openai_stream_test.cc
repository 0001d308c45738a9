// Tests of what is read of answers and streams: usage in all spellings, ends, errors inside
// successes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dialect/dialect.h"

namespace wye {
namespace {

const Dialect& openai() { return *dialect_of(DialectId::openai); }

EventFacts read_event(std::string_view data, std::string_view type = "", bool excludes = false) {
  static JsonReader reader;
  Provider provider;
  provider.output_excludes_reasoning = excludes;
  const auto stream = openai().open_reader(reader, provider);
  SseEvent event;
  event.data = data;
  event.type = type;
  return stream->read(event, nullptr);
}

struct Counted {
  const char* usage;
  Usage wanted;
  bool excludes = false;
};

TEST(OpenaiStream, reads_usage_in_every_spelling) {
  const auto usage = [](std::int64_t input, std::int64_t cached, std::int64_t written,
                        std::int64_t output, std::int64_t reasoning) {
    return Usage{input, cached, written, output, reasoning, UsageSource::provider};
  };
  const Counted cases[] = {
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})", usage(10, 0, 0, 5, 0)},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4,)"
       R"("cache_write_tokens":2},"completion_tokens_details":{"reasoning_tokens":3}})",
       usage(10, 4, 2, 5, 3)},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":8,)"
       R"("prompt_cache_miss_tokens":2})",
       usage(10, 8, 0, 5, 0)},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":8})", usage(10, 8, 0, 5, 0)},
      {R"({"prompt_tokens":10,"completion_tokens":5,"num_cached_tokens":8})",
       usage(10, 8, 0, 5, 0)},
      // xAI leaves the reasoning out, and its total says so.
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,)"
       R"("completion_tokens_details":{"reasoning_tokens":100}})",
       usage(10, 0, 0, 105, 100), true},
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,)"
       R"("completion_tokens_details":{"reasoning_tokens":100}})",
       usage(10, 0, 0, 105, 100), false},
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,)"
       R"("completion_tokens_details":{"reasoning_tokens":3}})",
       usage(10, 0, 0, 5, 3), true},
      {R"({"total_tokens":7})", usage(7, 0, 0, 0, 0)},
      {R"({"prompt_tokens":7,"completion_tokens":null,"prompt_tokens_details":null})",
       usage(7, 0, 0, 0, 0)},
  };
  for (const Counted& each : cases) {
    const EventFacts facts =
        read_event(std::string(R"({"choices":[],"usage":)") + each.usage + "}", "", each.excludes);
    ASSERT_TRUE(facts.usage.has_value()) << each.usage;
    EXPECT_EQ(*facts.usage, each.wanted) << each.usage;
    EXPECT_TRUE(facts.usage_only);
  }
}

struct Event {
  const char* data;
  bool content, usage_only, done, malformed;
  FinishReason finish;
};

TEST(OpenaiStream, tells_events_apart) {
  using enum FinishReason;
  const Event cases[] = {
      {R"({"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]})", 0, 0, 0,
       0, none},
      {R"({"choices":[{"delta":{"content":"a"}}]})", 1, 0, 0, 0, none},
      {R"({"choices":[{"delta":{"content":null,"reasoning":"a"}}]})", 1, 0, 0, 0, none},
      {R"({"choices":[{"delta":{"reasoning_content":"a"}}]})", 1, 0, 0, 0, none},
      {R"({"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]}}]})",
       1, 0, 0, 0, none},
      {R"({"choices":[{"delta":{"refusal":"No"}}]})", 1, 0, 0, 0, none},
      {R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]})", 1, 0,
       0, 0, none},
      {R"({"choices":[{"delta":{"tool_calls":null}}]})", 0, 0, 0, 0, none},
      {R"({"choices":[],"prompt_filter_results":[]})", 0, 0, 0, 0, none},
      {R"({"choices":[],"usage":null})", 0, 0, 0, 0, none},
      {R"({"choices":[],"usage":{"prompt_tokens":1}})", 0, 1, 0, 0, none},
      {R"({"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})", 0, 0, 0,
       0, stop},
      {R"({"choices":[{"delta":{},"finish_reason":"function_call"}]})", 0, 0, 0, 0, tool_calls},
      {R"({"choices":[{"delta":{},"finish_reason":"length"}]})", 0, 0, 0, 0, length},
      {R"({"choices":[{"delta":{},"finish_reason":"something_new"}]})", 0, 0, 0, 0, other},
      {R"({"choices":[{"delta":{},"finish_reason":""}]})", 0, 0, 0, 0, none},
      {"[DONE]", 0, 0, 1, 0, none},
      {" [DONE] ", 0, 0, 1, 0, none},
      {"", 0, 0, 0, 0, none},
      {"{\"choices\":[", 0, 0, 0, 1, none},
      {"[1]", 0, 0, 0, 1, none},
  };
  for (const Event& each : cases) {
    const EventFacts facts = read_event(each.data);
    EXPECT_EQ(facts.content, each.content) << each.data;
    EXPECT_EQ(facts.usage_only, each.usage_only) << each.data;
    EXPECT_EQ(facts.done, each.done) << each.data;
    EXPECT_EQ(facts.malformed, each.malformed) << each.data;
    EXPECT_EQ(facts.finish, each.finish) << each.data;
    EXPECT_FALSE(facts.fault.has_value()) << each.data;
  }
}

TEST(OpenaiStream, the_model_is_a_view_into_the_event) {
  const std::string data = R"({"model":"small-1","choices":[]})";
  const EventFacts facts = read_event(data);
  EXPECT_EQ(facts.model, "small-1");
  EXPECT_EQ(facts.model.data(), data.data() + data.find("small-1"));
}

TEST(OpenaiStream, an_escaped_model_is_not_lost_to_the_text_that_is_read_after_it) {
  JsonReader json;
  const auto stream = openai().open_reader(json, Provider{});
  SseEvent event;
  event.data =
      R"({"model":"meta\/llama","choices":[{"index":0,"delta":{"content":"a\nlonger\ttext"}}]})";
  std::vector<Delta> deltas;
  const EventFacts facts = stream->read(event, &deltas);
  EXPECT_EQ(facts.model, "meta/llama");
  std::string text;
  for (const Delta& delta : deltas) {
    if (const auto* part = std::get_if<TextDelta>(&delta.body)) text += part->text;
  }
  EXPECT_EQ(text, "a\nlonger\ttext");
}

TEST(OpenaiStream, finds_errors_inside_a_success) {
  struct Case {
    const char* data;
    const char* type;
    FaultKind kind;
  };
  const Case cases[] = {
      {R"({"error":{"message":"Overloaded","type":"overloaded_error"}})", "",
       FaultKind::overloaded},
      {R"({"error":{"code":429,"message":"Rate limit exceeded"},"choices":[{"delta":{"content":""},)"
       R"("finish_reason":"error"}]})",
       "", FaultKind::rate_limit},
      {R"({"choices":[{"delta":{},"finish_reason":"error","error":{"code":502,"message":"x"}}]})",
       "", FaultKind::outage},
      {R"({"error":{"message":"Failed","code":"tool_use_failed","status_code":400}})", "error",
       FaultKind::invalid_output},
      {"busy", "error", FaultKind::outage},
      {R"({"object":"error","message":"This model's maximum context length is 5","code":400})", "",
       FaultKind::context_window},
      {R"({"code":"x","error":"Rate limit exceeded"})", "", FaultKind::rate_limit},
  };
  for (const Case& each : cases) {
    const EventFacts facts = read_event(each.data, each.type);
    ASSERT_TRUE(facts.fault.has_value()) << each.data;
    EXPECT_EQ(facts.fault->kind, each.kind) << each.data;
  }
}

TEST(OpenaiAnswer, refuses_what_is_no_answer) {
  struct Case {
    std::string body;
    Endpoint endpoint;
    FaultKind kind;
  };
  const Case cases[] = {
      {"<html><title>Gateway</title></html>", Endpoint::chat, FaultKind::invalid_output},
      {"", Endpoint::chat, FaultKind::invalid_output},
      {"{}", Endpoint::chat, FaultKind::invalid_output},
      {R"({"choices":[]})", Endpoint::chat, FaultKind::invalid_output},
      {R"({"choices":[{"index":0}]})", Endpoint::embeddings, FaultKind::invalid_output},
      {R"({"data":[]})", Endpoint::embeddings, FaultKind::invalid_output},
      {R"({"error":{"message":"x","code":"insufficient_quota"}})", Endpoint::chat,
       FaultKind::quota},
      {R"({"choices":[{"message":{}},)", Endpoint::chat, FaultKind::invalid_output},
  };
  JsonReader reader;
  for (Case each : cases) {
    const auto facts = openai().read_answer_facts(reader, each.endpoint, each.body, Provider{});
    ASSERT_FALSE(facts.has_value()) << each.body;
    EXPECT_EQ(facts.error().kind, each.kind) << each.body;
  }
}

TEST(OpenaiAnswer, reads_facts_of_embeddings) {
  JsonReader reader;
  std::string body =
      R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}],)"
      R"("model":"e","usage":{"prompt_tokens":3,"total_tokens":3}})";
  const auto facts = openai().read_answer_facts(reader, Endpoint::embeddings, body, Provider{});
  ASSERT_TRUE(facts.has_value());
  EXPECT_TRUE(facts->has_content);
  EXPECT_EQ(facts->usage.input, 3);
  EXPECT_EQ(facts->model, "e");
}

TEST(OpenaiStream, folds_to_the_answer_it_spells_and_back) {
  const auto file = std::filesystem::path(WYE_SOURCE_DIR) / "tests/fixtures/openai_stream.jsonl";
  std::ifstream in(file);
  ASSERT_TRUE(in.is_open()) << file;
  JsonReader reader;
  Ask ask;
  ask.client_wants_usage = true;
  AnswerFold fold;
  std::string ours;
  const auto writer = openai().open_writer(ask);
  const auto stream = openai().open_reader(reader, Provider{});
  for (std::string line; std::getline(in, line);) {
    std::vector<Delta> deltas;
    SseEvent event;
    event.data = line;
    stream->read(event, &deltas);
    for (const Delta& delta : deltas) {
      fold.add(delta);
      writer->write(delta, ours);
    }
  }
  writer->finish(ours);
  const Answer answer = fold.take();
  EXPECT_EQ(answer.id, "c-1");
  EXPECT_EQ(answer.model, "small-1");
  EXPECT_EQ(answer.usage.output, 30);
  ASSERT_EQ(answer.choices.size(), 1u);
  const Choice& choice = answer.choices[0];
  EXPECT_EQ(choice.finish, FinishReason::tool_calls);
  ASSERT_EQ(choice.parts.size(), 3u);
  EXPECT_EQ(std::get<Reasoning>(choice.parts[0].body).text, "Hm.");
  EXPECT_EQ(std::get<Text>(choice.parts[1].body).text, "A \"cat\"");
  EXPECT_EQ(std::get<ToolCall>(choice.parts[2].body), (ToolCall{"call_1", "look", "{\"at\":1}"}));
  EXPECT_TRUE(ours.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(ours.find("\"role\":\"assistant\""), ours.rfind("\"role\":\"assistant\""));
  EXPECT_NE(ours.find(R"("choices":[],"usage":{"prompt_tokens":20)"), std::string::npos);
}

// Events that look like the one before are not parsed: what is said of them must be what a reader
// says that never saw another.
TEST(OpenaiStream, says_of_an_event_the_same_after_any_other) {
  const std::string_view events[] = {
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"Hel"}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"lo, wörld"}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"a\n"}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"x"}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":""}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":1,"delta":{"content":"x"}}],"usage":null})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]})",
      R"({"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":"x"}}],"usage":null)",
      R"({"id":"c","model":"m\u002d1","choices":[{"index":0,"delta":{"content":"x"}}]})",
      R"({"choices":[{"index":0,"delta":{"content":"x"}}],"error":{"message":"no","code":500}})",
      R"({"choices":[{"index":0,"delta":{"content":"yy"}}],"error":{"message":"no","code":500}})",
      "[DONE]",
  };
  Provider provider;
  provider.stream_usage = StreamUsage::option;
  JsonReader json;
  for (const std::string_view before : events) {
    for (const std::string_view event : events) {
      SCOPED_TRACE(std::string(before) + " then " + std::string(event));
      const auto used = openai().open_reader(json, provider);
      SseEvent first;
      first.data = before;
      (void)used->read(first, nullptr);
      SseEvent second;
      second.data = event;
      const EventFacts seen = used->read(second, nullptr);
      JsonReader other_json;
      const auto fresh = openai().open_reader(other_json, provider);
      const EventFacts wanted = fresh->read(second, nullptr);
      EXPECT_EQ(seen.content, wanted.content);
      EXPECT_EQ(seen.done, wanted.done);
      EXPECT_EQ(seen.malformed, wanted.malformed);
      EXPECT_EQ(seen.output_bytes, wanted.output_bytes);
      EXPECT_EQ(seen.finish, wanted.finish);
      EXPECT_EQ(seen.usage, wanted.usage);
      EXPECT_EQ(seen.fault.has_value(), wanted.fault.has_value());
      EXPECT_EQ(seen.model, wanted.model);
      EXPECT_EQ(seen.unasked, wanted.unasked);
      EXPECT_EQ(seen.unasked.data(), wanted.unasked.data());
      EXPECT_EQ(seen.text, wanted.text);
    }
  }
}

}  // namespace
}  // namespace wye
