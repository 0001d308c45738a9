// Tests of Gemini's requests in full: from its clients to the hub, and from the hub to Google.
#include <gtest/gtest.h>

#include "core/signature.h"
#include "dialect/gemini_schema.h"
#include "dialect/gemini_signature.h"
#include "dialect/test_corpus.h"
#include "dialect/test_gemini.h"

namespace wye {
namespace {

class GeminiContent : public testing::Test {
 protected:
  Content read(std::string body, std::string_view method = "generateContent") {
    const std::string path = "/v1beta/models/gemini-2.5-flash:" + std::string(method);
    auto read = gemini::read_ask(reader, {.path = path, .query = ""}, std::move(body));
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
    ask = std::move(*read);
    auto content = gemini::read_content(reader, ask);
    EXPECT_TRUE(content.has_value());
    return std::move(*content);
  }

  // A request of an OpenAI client as Google gets it.
  Result<ProviderRequest> from_openai(std::string body, std::string_view model = "gemini-2.5-flash",
                                      Hosting hosting = Hosting::own,
                                      Endpoint endpoint = Endpoint::chat) {
    const Dialect& openai = *dialect_of(DialectId::openai);
    auto read = openai.read_ask(reader, {.endpoint = endpoint}, std::move(body));
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
    ask = std::move(*read);
    auto content = openai.read_content(reader, ask);
    EXPECT_TRUE(content.has_value());
    return gemini::write_ask(*content, ask, test::deployment_of(model),
                             test::gemini_provider(hosting));
  }
  std::string chat(const std::string& rest, std::string_view model = "gemini-2.5-flash") {
    auto request = from_openai(
        R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + rest + "}", model);
    EXPECT_TRUE(request.has_value()) << (request ? "" : request.error().message);
    if (!request) return "";
    dropped = request->dropped;
    return test::joined(*request);
  }
  static constexpr std::string_view said =
      R"({"contents":[{"parts":[{"text":"hi"}],"role":"user"}])";

  Ask ask;
  std::vector<std::string> dropped;
  JsonReader reader;
};

TEST_F(GeminiContent, calls_and_answers_are_matched_by_name_and_order) {
  const Content content = read(R"({"contents":[
    {"role":"user","parts":[{"text":"go"}]},
    {"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},
                             {"functionCall":{"name":"g"}},
                             {"functionCall":{"name":"f","args":{"a":2}}}]},
    {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"one"}}},
                            {"functionResponse":{"name":"f","response":{"error":"two"}}},
                            {"functionResponse":{"name":"g","response":{"x":1,"y":2}}}]}]})");
  const auto& calls = content.messages[1].parts;
  const auto& answers = content.messages[2].parts;
  const auto id = [&](int i) { return std::get<ToolCall>(calls[i].body).id; };
  const auto answer = [&](int i) { return std::get<ToolResult>(answers[i].body); };
  EXPECT_NE(id(0), id(2));
  EXPECT_EQ(answer(0).call_id, id(0));
  EXPECT_EQ(answer(1).call_id, id(2));
  EXPECT_EQ(answer(2).call_id, id(1));
  EXPECT_EQ(text_of(answer(0).parts), "one");
  EXPECT_TRUE(answer(1).is_error);
  EXPECT_EQ(text_of(answer(2).parts), R"({"x":1,"y":2})");
  EXPECT_EQ(std::get<ToolCall>(calls[1].body).arguments, "{}");
}

TEST_F(GeminiContent, ids_of_the_client_are_kept_and_found) {
  const Content content = read(R"({"contents":[
    {"role":"model","parts":[{"functionCall":{"id":"x","name":"f","args":{}}},
                             {"functionCall":{"id":"y","name":"f","args":{}}}]},
    {"role":"function","parts":[{"functionResponse":{"id":"y","name":"f","response":{"result":"2"}}},
                                {"functionResponse":{"name":"f","response":{"result":"1"}}}]}]})");
  EXPECT_EQ(std::get<ToolResult>(content.messages[1].parts[0].body).call_id, "y");
  EXPECT_EQ(std::get<ToolResult>(content.messages[1].parts[1].body).call_id, "x");
  EXPECT_EQ(content.messages[1].role, Role::user);
}

TEST_F(GeminiContent, thoughts_and_signatures_of_gemini_round_trip) {
  const std::string body =
      R"({"contents":[{"parts":[{"text":"a","thought":true},{"text":"b","thoughtSignature":"c2ln"},)"
      R"({"functionCall":{"name":"f","args":{"q":1}},"thoughtSignature":"Y2FsbA=="}],"role":"model"}]})";
  const Content content = read(body);
  EXPECT_TRUE(std::holds_alternative<Reasoning>(content.messages[0].parts[0].body));
  EXPECT_EQ(content.messages[0].parts[1].signature, (Signature{"c2ln", "gemini"}));
  auto written = gemini::write_ask(content, ask, test::deployment_of("gemini-2.5-flash"),
                                   test::gemini_provider());
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(test::joined(*written), body);
}

TEST_F(GeminiContent, signatures_of_others_come_back_to_their_maker_and_reach_nobody_else) {
  const std::string carried = gemini::signature_for_client({"EqQB+/==", "anthropic"});
  // A library that decodes base64 must be able to read it, and may write it url-safe.
  EXPECT_EQ(carried.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789+/="),
            std::string::npos);
  EXPECT_EQ(gemini::signature_from_client(carried), (Signature{"EqQB+/==", "anthropic"}));
  // The thought came in pieces, each a content of its own, with the signature at the end.
  const Content content = read(R"({"contents":[{"role":"user","parts":[{"text":"go"}]},
    {"role":"model","parts":[{"text":"I th","thought":true}]},
    {"role":"model","parts":[{"text":"ink","thought":true}]},
    {"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":")" +
                               carried + R"("}]},
    {"role":"model","parts":[{"text":"so"}]}]})");
  ASSERT_EQ(content.messages.size(), 3u);
  const Part& thought = content.messages[1].parts.at(0);
  EXPECT_EQ(std::get<Reasoning>(thought.body).text, "I think");
  EXPECT_EQ(thought.signature, (Signature{"EqQB+/==", "anthropic"}));
  auto written =
      gemini::write_ask(content, ask, test::deployment_of("gemini-3-pro"), test::gemini_provider());
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(test::joined(*written).find("I think"), std::string::npos);
}

TEST_F(GeminiContent, own_thoughts_in_pieces_stay_in_pieces) {
  const Content content = read(R"({"contents":[
    {"role":"model","parts":[{"text":"a","thought":true}]},
    {"role":"model","parts":[{"text":"b","thought":true,"thoughtSignature":"eHg="}]}]})");
  EXPECT_EQ(content.messages.size(), 2u);
}

TEST_F(GeminiContent, media_by_their_type) {
  const Content content = read(R"({"contents":[{"parts":[
    {"inline_data":{"mime_type":"image/png","data":"QQ=="}},
    {"inlineData":{"mimeType":"audio/mpeg","data":"QQ=="}},
    {"fileData":{"mimeType":"application/pdf","fileUri":"https://x/y.pdf"}},
    {"fileData":{"mimeType":"image/png","fileUri":"gs://bucket/z"}},
    {"executableCode":{"language":"PYTHON","code":"1"}}]}]})");
  const auto& parts = content.messages[0].parts;
  EXPECT_EQ(std::get<Image>(parts[0].body).media.base64, "QQ==");
  EXPECT_EQ(std::get<Audio>(parts[1].body).format, "mp3");
  EXPECT_EQ(std::get<Document>(parts[2].body).media.url, "https://x/y.pdf");
  EXPECT_EQ(std::get<Image>(parts[3].body).media.file_id, "gs://bucket/z");
  EXPECT_EQ(std::get<Unknown>(parts[4].body).type, "executableCode");
}

TEST_F(GeminiContent, config_becomes_the_hubs_words) {
  const Content content = read(R"({"contents":[{"parts":[{"text":"x"}]}],
    "generationConfig":{"temperature":0.5,"topK":40,"maxOutputTokens":"10","stopSequences":["e"],
      "responseMimeType":"application/json","responseSchema":{"type":"OBJECT","nullable":true,
      "properties":{"n":{"type":"INTEGER","maximum":3}},"propertyOrdering":["n"]},
      "thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true},"speechConfig":{"a":1}},
    "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
    "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":
      {"a":{"type":"ARRAY","items":{"type":"STRING"},"maxItems":"5"}}}}]},{"googleSearch":{}}],
    "safetySettings":[{"category":"X"}]})");
  EXPECT_EQ(content.sampling.temperature, 0.5);
  EXPECT_EQ(content.output_tokens_max, 10);
  EXPECT_EQ(content.output.kind, OutputFormat::Kind::json_schema);
  EXPECT_EQ(content.output.schema,
            R"({"properties":{"n":{"maximum":3,"type":"integer"}},"type":["object","null"]})");
  EXPECT_EQ(content.reasoning.effort, "low");
  EXPECT_EQ(content.reasoning.include, true);
  EXPECT_EQ(content.tool_choice.mode, ToolChoice::Mode::named);
  ASSERT_EQ(content.tools.size(), 2u);
  EXPECT_EQ(
      content.tools[0].parameters,
      R"({"properties":{"a":{"items":{"type":"string"},"maxItems":5,"type":"array"}},"type":"object"})");
  EXPECT_EQ(content.tools[1].raw, R"({"googleSearch":{}})");
  EXPECT_NE(find_extra(content.extra, "safetySettings"), nullptr);
}

TEST_F(GeminiContent, a_dynamic_budget_is_no_budget_for_others) {
  const Content content = read(R"({"contents":[{"parts":[{"text":"x"}]}],
    "generationConfig":{"thinkingConfig":{"thinkingBudget":-1}}})");
  EXPECT_FALSE(content.reasoning.budget_tokens);
  EXPECT_EQ(content.reasoning.enabled, true);
}

TEST_F(GeminiContent, a_level_for_a_model_of_budgets_becomes_one) {
  const Content content = read(R"({"contents":[{"parts":[{"text":"x"}]}],
    "generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}})");
  const auto body = [&](const char* model) {
    return test::joined(
        *gemini::write_ask(content, ask, test::deployment_of(model), test::gemini_provider()));
  };
  EXPECT_NE(body("gemini-2.5-flash").find(R"("thinkingBudget":1024)"), std::string::npos);
  EXPECT_NE(body("gemini-3-flash").find(R"("thinkingLevel":"LOW")"), std::string::npos);
}

TEST_F(GeminiContent, effort_is_a_budget_or_a_level) {
  const auto config = [&](const std::string& rest, const char* model) {
    const std::string body = chat(rest, model);
    const std::size_t at = body.find("thinkingConfig");
    return at == std::string::npos ? "" : body.substr(at + 16, body.find('}', at) - at - 15);
  };
  const std::string low = R"("reasoning_effort":"low")", none = R"("reasoning_effort":"none")";
  EXPECT_EQ(config(low, "gemini-2.5-flash"), R"({"thinkingBudget":1024,"includeThoughts":true})");
  EXPECT_EQ(config(none, "gemini-2.5-flash"), R"({"thinkingBudget":0})");
  EXPECT_EQ(config(none, "gemini-2.5-pro"), R"({"thinkingBudget":128})");
  EXPECT_EQ(config(low, "gemini-3-flash-preview"),
            R"({"thinkingLevel":"LOW","includeThoughts":true})");
  EXPECT_EQ(config(none, "gemini-3-flash-preview"), R"({"thinkingLevel":"MINIMAL"})");
  EXPECT_EQ(config(none, "gemini-3.1-pro"), R"({"thinkingLevel":"LOW"})");
  EXPECT_EQ(config(R"("reasoning_effort":"medium")", "gemini-3-pro-preview"),
            R"({"thinkingLevel":"HIGH","includeThoughts":true})");
  EXPECT_EQ(config(low, "gemini-2.0-flash"), "");
  EXPECT_EQ(dropped, std::vector<std::string>{"reasoning_effort"});
  EXPECT_EQ(config(none, "gemma-3-27b"), "");
  EXPECT_TRUE(dropped.empty());
}

TEST_F(GeminiContent, openai_settings_and_what_is_dropped) {
  EXPECT_EQ(
      chat(R"("temperature":0.5,"top_p":0.9,"max_tokens":7,"n":2,"seed":3,"stop":"x",
                     "logprobs":true,"top_logprobs":2,"presence_penalty":0.1)"),
      std::string(said) +
          R"(,"generationConfig":{"temperature":0.5,"topP":0.9,"seed":3,"presencePenalty":0.1,)"
          R"("maxOutputTokens":7,"candidateCount":2,"responseLogprobs":true,"logprobs":2,)"
          R"("stopSequences":["x"]}})");
  EXPECT_TRUE(dropped.empty());
  (void)chat(R"("logit_bias":{"1":2},"user":"u","parallel_tool_calls":false,"store":null)");
  EXPECT_EQ(dropped, (std::vector<std::string>{"user", "parallel_tool_calls", "logit_bias"}));
}

TEST_F(GeminiContent, what_would_change_the_meaning_is_refused) {
  const auto refused = [&](const std::string& body) {
    auto request = from_openai(body);
    EXPECT_FALSE(request.has_value()) << body;
    return request ? "" : request.error().code;
  };
  const std::string hi = R"("messages":[{"role":"user","content":"hi"}])";
  EXPECT_EQ(refused(R"({"model":"m",)" + hi + R"(,"modalities":["text","audio"]})"),
            "unsupported_parameter");
  EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"user","content":[{"type":"file",
      "file":{"file_id":"file-1"}}]}]})"),
            "unsupported_parameter");
  EXPECT_EQ(refused(R"({"model":"m",)" + hi + R"(,"tools":[{"type":"web_search"}]})"),
            "unsupported_parameter");
  EXPECT_EQ(refused(R"({"model":"m","messages":[{"role":"user","content":"a"},
      {"role":"tool","tool_call_id":"nobody","content":"b"}]})"),
            "unsupported_parameter");
}

TEST_F(GeminiContent, schemas_go_where_they_fit) {
  const auto tool = [&](const std::string& schema) {
    const std::string body = chat(
        R"("tools":[{"type":"function","function":{"name":"f","parameters":)" + schema + "}}]");
    const std::size_t at = body.find(R"("name":"f",)");
    return body.substr(at + 11, body.size() - at - 11 - 5);
  };
  EXPECT_EQ(
      tool(R"({"type":"object","properties":{"a":{"type":["string","null"],"enum":["x"]}}})"),
      R"("parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true,"enum":["x"]}}})");
  for (const std::string each :
       {R"({"type":"object","properties":{"a":{"type":"integer","exclusiveMinimum":0}}})",
        R"({"type":"object","properties":{},"additionalProperties":false})",
        R"({"type":"object","properties":{"a":{"$ref":"#/$defs/b"}}})",
        R"({"type":"object","properties":{"a":{"enum":[1,2],"type":"integer"}}})",
        R"({"type":"object","properties":{"a":{"type":"string","format":"uri"}}})",
        R"({"type":"object","properties":{"a":{"type":"array"}}})"}) {
    EXPECT_EQ(tool(each), R"("parametersJsonSchema":)" + each);
  }
  const std::string answer = chat(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object",
         "properties":{"a":{"type":"string"}},"additionalProperties":false}}})");
  EXPECT_NE(answer.find(R"("responseMimeType":"application/json","responseJsonSchema":{)"),
            std::string::npos);
}

TEST_F(GeminiContent, choices_of_tools) {
  const std::string tool =
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":)";
  EXPECT_EQ(chat(tool + R"("auto")").find("toolConfig"), std::string::npos);
  EXPECT_NE(chat(tool + R"("none")").find(R"({"mode":"NONE"})"), std::string::npos);
  EXPECT_NE(chat(tool + R"("required")").find(R"({"mode":"ANY"})"), std::string::npos);
  EXPECT_NE(chat(tool + R"({"type":"function","function":{"name":"f"}})")
                .find(R"({"mode":"ANY","allowedFunctionNames":["f"]})"),
            std::string::npos);
}

constexpr std::string_view conversation = R"({"model":"m","messages":[
  {"role":"system","content":"be brief"},{"role":"user","content":"go"},
  {"role":"assistant","content":"","tool_calls":[
    {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
    {"id":"b","type":"function","function":{"name":"g","arguments":""}}]},
  {"role":"tool","tool_call_id":"b","content":"[1,2]"},
  {"role":"tool","tool_call_id":"a","content":"fine"}]})";

TEST_F(GeminiContent, a_conversation_with_tools) {
  EXPECT_EQ(
      test::joined(*from_openai(std::string(conversation))),
      R"({"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[)"
      R"({"parts":[{"text":"go"}],"role":"user"},)"
      R"({"parts":[{"functionCall":{"name":"f","args":{"x":1},"id":"a"}},)"
      R"({"functionCall":{"name":"g","args":{},"id":"b"}}],"role":"model"},)"
      R"({"parts":[{"functionResponse":{"name":"f","response":{"result":"fine"},"id":"a"}},)"
      R"({"functionResponse":{"name":"g","response":{"result":[1,2]},"id":"b"}}],"role":"user"}]})");
}

TEST_F(GeminiContent, vertex_gets_no_ids_and_new_models_a_word_for_a_missing_signature) {
  auto request = from_openai(std::string(conversation), "gemini-3-pro", Hosting::vertex);
  const std::string body = test::joined(*request);
  EXPECT_EQ(body.find(R"("id")"), std::string::npos);
  // Only the first call of a turn is signed.
  EXPECT_NE(body.find(R"("args":{"x":1}},"thoughtSignature":"skip_thought_signature_validator"})"),
            std::string::npos);
  EXPECT_NE(body.find(R"("args":{}}})"), std::string::npos);
}

TEST_F(GeminiContent, arguments_that_are_no_object_are_put_into_one) {
  auto request = from_openai(R"({"model":"m","messages":[{"role":"user","content":"go"},
    {"role":"assistant","tool_calls":[{"id":"a","type":"function",
      "function":{"name":"f","arguments":"{\"x\":"}}]}]})");
  EXPECT_NE(test::joined(*request).find(R"("args":{"arguments":"{\"x\":"})"), std::string::npos);
}

TEST_F(GeminiContent, pictures_sounds_and_papers) {
  auto request = from_openai(R"({"model":"m","messages":[{"role":"user","content":[
    {"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}},
    {"type":"image_url","image_url":{"url":"https://x/y.webp?z","detail":"low"}},
    {"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}},
    {"type":"file","file":{"file_data":"data:application/pdf;base64,QQ==","filename":"a.pdf"}}]}]})");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(test::joined(*request),
            R"({"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"QQ=="}},)"
            R"({"fileData":{"mimeType":"image/webp","fileUri":"https://x/y.webp?z"}},)"
            R"({"inlineData":{"mimeType":"audio/wav","data":"QQ=="}},)"
            R"({"inlineData":{"mimeType":"application/pdf","data":"QQ=="}}],"role":"user"}]})");
  EXPECT_EQ(request->dropped, std::vector<std::string>{"image_url.detail"});
}

TEST_F(GeminiContent, instructions_alone_are_what_the_user_says) {
  auto request = from_openai(R"({"model":"m","messages":[{"role":"system","content":"hi"}]})");
  EXPECT_EQ(test::joined(*request), std::string(said) + "}");
}

TEST_F(GeminiContent, embeddings_for_the_gemini_api_and_for_vertex) {
  const std::string body = R"({"model":"m","input":["a","b"],"dimensions":64})";
  auto own = from_openai(body, "gemini-embedding-001", Hosting::own, Endpoint::embeddings);
  EXPECT_EQ(own->path, "/models/gemini-embedding-001:batchEmbedContents");
  EXPECT_EQ(
      test::joined(*own),
      R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"outputDimensionality":64},)"
      R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},"outputDimensionality":64}]})");
  auto vertex = from_openai(body, "text-embedding-004", Hosting::vertex, Endpoint::embeddings);
  EXPECT_EQ(vertex->path, "/models/text-embedding-004:predict");
  EXPECT_EQ(
      test::joined(*vertex),
      R"({"instances":[{"content":"a"},{"content":"b"}],"parameters":{"outputDimensionality":64}})");
  EXPECT_FALSE(
      from_openai(R"({"model":"m","input":[1,2]})", "e", Hosting::own, Endpoint::embeddings));
}

TEST_F(GeminiContent, counts_are_asked_for_with_all_that_counts) {
  const auto count = [&](std::string body, Hosting hosting) {
    const Content content = read(std::move(body), "countTokens");
    auto request =
        gemini::write_ask(content, ask, test::deployment_of("m"), test::gemini_provider(hosting));
    EXPECT_EQ(request->path, "/models/m:countTokens");
    return test::joined(*request);
  };
  const std::string plain = R"({"contents":[{"parts":[{"text":"hi"}],"role":"user"}]})";
  const std::string rich =
      R"({"systemInstruction":{"parts":[{"text":"x"}]},"contents":[{"parts":[{"text":"hi"}],"role":"user"}]})";
  EXPECT_EQ(count(plain, Hosting::own), plain);
  EXPECT_EQ(count(rich, Hosting::vertex), rich);
  EXPECT_EQ(count(rich, Hosting::own),
            R"({"generateContentRequest":{"model":"models/m",)" + rich.substr(1) + "}");
}

}  // namespace
}  // namespace wye
