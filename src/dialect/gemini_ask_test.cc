// Tests of Gemini's requests as clients send them: the path, the facts, and what is refused.
#include <gtest/gtest.h>

#include "dialect/gemini_route.h"
#include "dialect/test_gemini.h"

namespace wye {
namespace {

constexpr std::string_view generate = "/v1beta/models/gemini-2.5-flash:generateContent";
constexpr std::string_view stream = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

class GeminiAsk : public testing::Test {
 protected:
  Result<Ask> read(std::string body, std::string_view path = generate,
                   std::string_view query = "") {
    return gemini::read_ask(reader, {.dialect = DialectId::gemini, .path = path, .query = query},
                            std::move(body));
  }
  AskFacts facts(std::string body, std::string_view path = generate) {
    auto ask = read(std::move(body), path);
    EXPECT_TRUE(ask.has_value()) << (ask ? "" : ask.error().message);
    return ask ? ask->facts : AskFacts{};
  }
  Fault refused(std::string body, std::string_view path = generate) {
    auto ask = read(std::move(body), path);
    EXPECT_FALSE(ask.has_value());
    return ask ? Fault{} : ask.error();
  }
  JsonReader reader;
};

TEST_F(GeminiAsk, the_path_names_model_and_method) {
  const std::string body = R"({"contents":[{"parts":[{"text":"hi"}]}]})";
  EXPECT_EQ(facts(body).model, "gemini-2.5-flash");
  EXPECT_EQ(facts(body, "/v1/models/task/summarize:generateContent").model, "task/summarize");
  EXPECT_EQ(facts(body, "/v1/models/task%2Fsum%20up:generateContent").model, "task/sum up");
  EXPECT_EQ(facts(body, "/v1beta/models/a:b:generateContent").model, "a:b");
  EXPECT_EQ(facts(body, "/v1beta/models/a%3AgenerateContent").model, "a");
  EXPECT_FALSE(facts(body).stream);
  EXPECT_TRUE(facts(body, stream).stream);
  EXPECT_EQ(facts(body, "/v1beta/models/m:countTokens").endpoint, Endpoint::count_tokens);
  EXPECT_EQ(refused(body, "/v1beta/models/:generateContent").kind, FaultKind::bad_request);
  EXPECT_EQ(refused(body, "/v1beta/models/m:predictLongRunning").kind, FaultKind::not_found);
}

TEST_F(GeminiAsk, a_stream_is_an_array_unless_events_are_asked_for) {
  const std::string body = R"({"contents":[{"parts":[{"text":"hi"}]}]})";
  auto array = read(body, stream);
  auto events = read(body, stream, "key=x&alt=sse");
  ASSERT_TRUE(array && events);
  EXPECT_TRUE(array->stream_as_array);
  EXPECT_FALSE(events->stream_as_array);
  EXPECT_EQ(gemini::stream_content_type(*array), "application/json");
  EXPECT_EQ(gemini::stream_content_type(*events), "text/event-stream");
}

TEST_F(GeminiAsk, facts_of_a_rich_request_in_either_spelling) {
  const AskFacts camel = facts(R"({
    "systemInstruction":{"parts":[{"text":"be brief"}]},
    "contents":[{"role":"user","parts":[{"text":"what is it"},
      {"inlineData":{"mimeType":"image/png","data":"AAAA"}},
      {"fileData":{"mimeType":"application/pdf","fileUri":"https://x/y.pdf"}}]}],
    "tools":[{"functionDeclarations":[{"name":"f"}]}],
    "generationConfig":{"maxOutputTokens":"77","candidateCount":2,"seed":1,"stopSequences":["x"],
      "responseMimeType":"application/json","responseSchema":{"type":"OBJECT"},
      "responseLogprobs":true,"thinkingConfig":{"thinkingBudget":-1}}})");
  const AskFacts snake = facts(R"({
    "system_instruction":{"parts":[{"text":"be brief"}]},
    "contents":[{"role":"user","parts":[{"text":"what is it"},
      {"inline_data":{"mime_type":"image/png","data":"AAAA"}},
      {"file_data":{"mime_type":"application/pdf","file_uri":"https://x/y.pdf"}}]}],
    "tools":[{"function_declarations":[{"name":"f"}]}],
    "generation_config":{"max_output_tokens":77,"candidate_count":2,"seed":"1",
      "stop_sequences":["x"],"response_mime_type":"application/json",
      "response_schema":{"type":"OBJECT"},"response_logprobs":true,
      "thinking_config":{"thinking_budget":-1}}})");
  for (const AskFacts& each : {camel, snake}) {
    const Abilities wanted{Ability::images,      Ability::documents, Ability::tools,
                           Ability::n,           Ability::seed,      Ability::stop,
                           Ability::json_schema, Ability::logprobs,  Ability::reasoning};
    EXPECT_EQ(each.needs, wanted);
    EXPECT_EQ(each.output_tokens_max, 77);
    EXPECT_EQ(each.choices, 2);
    EXPECT_GT(each.input_tokens, 765 + 2000);
  }
  EXPECT_EQ(camel.prefix_hash, snake.prefix_hash);
}

TEST_F(GeminiAsk, null_is_not_given_and_base64_is_no_text) {
  const AskFacts plain = facts(R"({"contents":[{"parts":[{"text":"hi"}]}]})");
  const AskFacts nulls = facts(
      R"({"contents":[{"parts":[{"text":"hi","thought":null}]}],"tools":null,"systemInstruction":null,
          "generationConfig":null,"toolConfig":null,"safetySettings":null,"labels":null})");
  EXPECT_EQ(plain, nulls);
  EXPECT_EQ(plain.needs, Abilities{});
  const AskFacts big = facts(R"({"contents":[{"parts":[{"inlineData":{"mimeType":"audio/wav",
      "data":")" + std::string(100000, 'A') +
                             R"("}}]}]})");
  EXPECT_LT(big.input_tokens, 600);
  EXPECT_TRUE(big.needs.has(Ability::audio_in));
}

TEST_F(GeminiAsk, thinking_switched_off_needs_nothing) {
  const auto with = [&](const std::string& thinking) {
    return facts(
               R"({"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":)" +
               thinking + "}}")
        .needs.has(Ability::reasoning);
  };
  EXPECT_FALSE(with(R"({"thinkingBudget":0})"));
  EXPECT_FALSE(with(R"({"includeThoughts":true})"));
  EXPECT_TRUE(with(R"({"thinkingLevel":"LOW"})"));
  EXPECT_TRUE(with(R"({"thinking_budget":"512"})"));
}

TEST_F(GeminiAsk, labels_carry_the_task) {
  const AskFacts found = facts(
      R"({"contents":[{"parts":[{"text":"hi"}]}],"labels":{"task":"summarize","team":"blue"}})");
  EXPECT_EQ(found.task_metadata, "summarize");
  ASSERT_EQ(found.metadata.size(), 1u);
  EXPECT_EQ(found.metadata[0].first, "team");
}

TEST_F(GeminiAsk, prefix_follows_instructions_first_words_and_cache) {
  const auto hash = [&](const std::string& system, const std::string& user,
                        const std::string& more = "") {
    return facts(R"({"systemInstruction":{"parts":[{"text":")" + system +
                 R"("}]},"contents":[{"role":"user","parts":[{"text":")" + user + R"("}]})" + more +
                 "]}")
        .prefix_hash;
  };
  EXPECT_NE(hash("a", "b"), hash("b", "a"));
  EXPECT_NE(hash("a", "b"), hash("a", "c"));
  EXPECT_EQ(hash("a", "b"), hash("a", "b", R"(,{"role":"model","parts":[{"text":"x"}]})"));
  const auto cached = [&](const std::string& text) {
    return facts(R"({"cachedContent":"cachedContents/1","contents":[{"parts":[{"text":")" + text +
                 R"("}]}]})")
        .prefix_hash;
  };
  EXPECT_EQ(cached("x"), cached("y"));
}

TEST_F(GeminiAsk, wrong_types_are_named) {
  const auto param = [&](const std::string& body) { return refused(body).param; };
  EXPECT_EQ(param(R"({"contents":"hi"})"), "contents");
  EXPECT_EQ(param(R"({"contents":[]})"), "contents");
  EXPECT_EQ(param(R"({})"), "contents");
  EXPECT_EQ(param(R"({"contents":["hi"]})"), "contents[0]");
  EXPECT_EQ(param(R"({"contents":[{"parts":"hi"}]})"), "contents[0].parts");
  EXPECT_EQ(param(R"({"contents":[{"parts":["hi"]}]})"), "contents[0].parts[0]");
  EXPECT_EQ(param(R"({"contents":[{"parts":[{"text":"a"},{"text":5}]}]})"),
            "contents[0].parts[1].text");
  EXPECT_EQ(param(R"({"contents":[{"role":"assistant","parts":[]}]})"), "contents[0].role");
  EXPECT_EQ(param(R"({"contents":[{"role":4}]})"), "contents[0].role");
  EXPECT_EQ(param(R"({"systemInstruction":"x","contents":[{"parts":[]}]})"), "systemInstruction");
  const auto config = [&](const std::string& inner) {
    return param(R"({"contents":[{"parts":[]}],"generationConfig":{)" + inner + "}}");
  };
  EXPECT_EQ(config(R"("maxOutputTokens":"many")"), "generationConfig.maxOutputTokens");
  EXPECT_EQ(config(R"("max_output_tokens":-1)"), "generationConfig.max_output_tokens");
  EXPECT_EQ(config(R"("temperature":"hot")"), "generationConfig.temperature");
  EXPECT_EQ(config(R"("stopSequences":"x")"), "generationConfig.stopSequences");
  EXPECT_EQ(config(R"("stopSequences":[1])"), "generationConfig.stopSequences[0]");
  EXPECT_EQ(config(R"("responseSchema":[])"), "generationConfig.responseSchema");
  EXPECT_EQ(config(R"("thinkingConfig":{"thinkingBudget":"x"})"),
            "generationConfig.thinkingConfig.thinkingBudget");
  EXPECT_EQ(param(R"({"contents":[{"parts":[]}],"labels":{"a":1}})"), "labels");
}

TEST_F(GeminiAsk, what_is_said_twice_is_refused_in_either_spelling) {
  const Fault camel = refused(R"({"contents":[{"parts":[]}],"contents":[{"parts":[]}]})");
  EXPECT_EQ(camel.code, "duplicate_parameter");
  const Fault mixed =
      refused(R"({"contents":[{"parts":[]}],"generationConfig":{},"generation_config":{}})");
  EXPECT_EQ(mixed.code, "duplicate_parameter");
  EXPECT_EQ(mixed.param, "generation_config");
  EXPECT_EQ(refused(R"({"contents":[{"parts":[{"text":"a","text":"b"}]}]})").code,
            "duplicate_parameter");
  EXPECT_EQ(refused(R"({"contents":[{"parts":[]}],"labels":{"task":"a","task":"b"}})").code,
            "duplicate_parameter");
}

TEST_F(GeminiAsk, broken_json_is_refused_wherever_it_is_cut) {
  const std::string whole =
      R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"topP":0.5}})";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read(whole.substr(0, length)).has_value()) << length;
  }
  EXPECT_TRUE(read(whole).has_value());
  EXPECT_EQ(refused("[]").code, "invalid_json");
}

TEST_F(GeminiAsk, embeddings_single_and_batch) {
  auto single = read(R"({"content":{"parts":[{"text":"embed this"}]},"taskType":"CLUSTERING"})",
                     "/v1beta/models/e:embedContent");
  ASSERT_TRUE(single.has_value());
  EXPECT_TRUE(single->embedding_single);
  EXPECT_EQ(single->facts.endpoint, Endpoint::embeddings);
  EXPECT_GT(single->facts.input_tokens, 0);
  auto batch = read(
      R"({"requests":[{"model":"models/e","content":{"parts":[{"text":"a"}]}},
                      {"model":"models/e","content":{"parts":[{"text":"b"}]}}]})",
      "/v1beta/models/e:batchEmbedContents");
  ASSERT_TRUE(batch.has_value());
  EXPECT_FALSE(batch->embedding_single);
  EXPECT_EQ(refused(R"({"requests":[]})", "/v1beta/models/e:batchEmbedContents").param, "requests");
  EXPECT_EQ(refused(R"({"requests":[{}]})", "/v1beta/models/e:batchEmbedContents").param,
            "requests[0].content");
  EXPECT_EQ(refused(R"({"content":{"parts":[]},"outputDimensionality":0})",
                    "/v1beta/models/e:embedContent")
                .param,
            "outputDimensionality");
}

TEST_F(GeminiAsk, a_count_may_wrap_a_whole_request) {
  auto ask = read(
      R"({"generateContentRequest":{"model":"models/x","contents":[{"parts":[{"text":"hi"}]}],
          "tools":[{"functionDeclarations":[{"name":"f"}]}]}})",
      "/v1beta/models/x:countTokens");
  ASSERT_TRUE(ask.has_value());
  EXPECT_TRUE(ask->facts.needs.has(Ability::tools));
  EXPECT_TRUE(ask->model.present());
}

TEST(GeminiRoute, provider_paths_are_escaped) {
  using gemini::Method;
  EXPECT_EQ(gemini::path_of("gemini-2.5-pro", Method::generate),
            "/models/gemini-2.5-pro:generateContent");
  EXPECT_EQ(gemini::path_of("models/a b", Method::stream),
            "/models/a%20b:streamGenerateContent?alt=sse");
  EXPECT_EQ(gemini::path_of("e", Method::predict), "/models/e:predict");
}

}  // namespace
}  // namespace wye
