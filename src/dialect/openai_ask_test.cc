// Tests of reading OpenAI requests: facts, refusals, and what must not confuse it.
#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

Result<Ask> read(std::string body, Endpoint endpoint = Endpoint::chat) {
  JsonReader reader;
  return dialect_of(DialectId::openai)->read_ask(reader, {.endpoint = endpoint}, std::move(body));
}

// A valid request with more members.
std::string with(std::string_view members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + std::string(members) +
         "}";
}
// A valid request with one message.
std::string saying(std::string_view message) {
  return R"({"model":"m","messages":[)" + std::string(message) + "]}";
}

struct Refused {
  std::string body;
  std::string param;
  std::string code;
};

TEST(OpenaiAsk, refuses_and_names_the_field) {
  const Refused cases[] = {
      {R"({"messages":[{"role":"user","content":"x"}]})", "model", "missing_required_parameter"},
      {R"({"model":"","messages":[{"role":"user","content":"x"}]})", "model",
       "missing_required_parameter"},
      {R"({"model":3,"messages":[{"role":"user","content":"x"}]})", "model", "invalid_type"},
      {R"({"model":null,"messages":[]})", "model", "invalid_type"},
      {R"({"model":"m"})", "messages", "missing_required_parameter"},
      {R"({"model":"m","messages":[]})", "messages", "empty_array"},
      {R"({"model":"m","messages":{}})", "messages", "invalid_type"},
      {R"({"model":"m","messages":["x"]})", "messages[0]", "invalid_type"},
      {saying(R"({"content":"x"})"), "messages[0].role", "missing_required_parameter"},
      {saying(R"({"role":"robot","content":"x"})"), "messages[0].role", "invalid_value"},
      {saying(R"({"role":"user","content":"a"},{"role":"user","content":5})"),
       "messages[1].content", "invalid_type"},
      {saying(R"({"role":"user","content":[7]})"), "messages[0].content[0]", "invalid_type"},
      {saying(R"({"role":"user","content":[{"text":"a"}]})"), "messages[0].content[0].type",
       "missing_required_parameter"},
      {saying(R"({"role":"user","content":[{"type":"text","text":1}]})"),
       "messages[0].content[0].text", "invalid_type"},
      {saying(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":1}}]})"),
       "messages[0].content[0].image_url.url", "invalid_type"},
      {saying(R"({"role":"user","content":"a","content":"b"})"), "messages[0].content",
       "duplicate_parameter"},
      {saying(R"({"role":"assistant","tool_calls":[1]})"), "messages[0].tool_calls[0]",
       "invalid_type"},
      {with(R"("model":"n")"), "model", "duplicate_parameter"},
      {with(R"("mod\u0065l":"n")"), "model", "duplicate_parameter"},
      {with(R"("messages":[])"), "messages", "duplicate_parameter"},
      {with(R"("stream":true,"stream":false)"), "stream", "duplicate_parameter"},
      {with(R"("tools":[],"tools":[])"), "tools", "duplicate_parameter"},
      {with(R"("metadata":{"task":"a","task":"b"})"), "metadata.task", "duplicate_parameter"},
      {with(R"("metadata":{"tier":"a","ti\u0065r":"b"})"), "metadata.tier", "duplicate_parameter"},
      {with(R"("stream":"yes")"), "stream", "invalid_type"},
      {with(R"("n":0)"), "n", "invalid_value"},
      {with(R"("n":1.5)"), "n", "invalid_type"},
      {with(R"("max_tokens":5,"max_completion_tokens":5)"), "max_completion_tokens",
       "invalid_parameter_combination"},
      {with(R"("max_tokens":0)"), "max_tokens", "invalid_value"},
      {with(R"("stop":[1])"), "stop[0]", "invalid_type"},
      {with(R"("tools":{})"), "tools", "invalid_type"},
      {with(R"("tools":["x"])"), "tools[0]", "invalid_type"},
      {with(R"("response_format":"json")"), "response_format", "invalid_type"},
      {with(R"("stream_options":{"include_usage":1})"), "stream_options.include_usage",
       "invalid_type"},
      {with(R"("response_format":{})"), "response_format.type", "missing_required_parameter"},
      {with(R"("response_format":{"type":"json_schema"})"), "response_format.json_schema",
       "missing_required_parameter"},
      {with(R"("response_format":{"type":"json_schema","json_schema":{"schema":"x"}})"),
       "response_format.json_schema.schema", "invalid_type"},
      {with(R"("temperature":"hot")"), "temperature", "invalid_type"},
      {with(R"("temperature":1e999)"), "temperature", "invalid_type"},
      {with(R"("t\u006fp_p":"a")"), "top_p", "invalid_type"},
      {with(R"("top_logprobs":"5")"), "top_logprobs", "invalid_type"},
      {with(R"("tool_choice":5)"), "tool_choice", "invalid_type"},
      {with(R"("logit_bias":[])"), "logit_bias", "invalid_type"},
      {with(R"("store":"yes")"), "store", "invalid_type"},
      {with(R"("tools":[{"type":"function"}])"), "tools[0].function", "missing_required_parameter"},
      {with(R"("tools":[{"type":"function","function":{}}])"), "tools[0].function.name",
       "missing_required_parameter"},
      {with(R"("tools":[{"type":"x"},{"function":{"name":"f","parameters":"x"}}])"),
       "tools[1].function.parameters", "invalid_type"},
      {with(R"("functions":[{"name":5}])"), "functions[0].name", "invalid_type"},
      {saying(R"({"role":"user","content":[{"type":"image_url","image_url":5}]})"),
       "messages[0].content[0].image_url", "invalid_type"},
      {saying(R"({"role":"user","content":[{"type":"image_url","image_url":{}}]})"),
       "messages[0].content[0].image_url.url", "missing_required_parameter"},
      {saying(R"({"role":"user","content":[{"type":"file","file":{"file_id":5}}]})"),
       "messages[0].content[0].file.file_id", "invalid_type"},
      {saying(R"({"role":"tool","tool_call_id":5,"content":"x"})"), "messages[0].tool_call_id",
       "invalid_type"},
      {saying(R"({"role":"assistant","tool_calls":[{"id":"a","function":5}]})"),
       "messages[0].tool_calls[0].function", "invalid_type"},
      {saying(R"({"role":"assistant","tool_calls":[{"function":{"arguments":5}}]})"),
       "messages[0].tool_calls[0].function.arguments", "invalid_type"},
      {with(R"("metadata":[])"), "metadata", "invalid_type"},
      {with(R"("metadata":{"task":5})"), "metadata.task", "invalid_type"},
      {with(R"("user":5)"), "user", "invalid_type"},
      {with(R"("x":tru)"), "", "invalid_json"},
      {with(R"("x":{"y":[01]})"), "", "invalid_json"},
      {with(R"("x":"\q")"), "", "invalid_json"},
      {with(R"("x":1)") + "x", "", "invalid_json"},
      {"[1]", "", "invalid_json"},
      {"", "", "invalid_json"},
  };
  for (const Refused& each : cases) {
    const auto ask = read(each.body);
    ASSERT_FALSE(ask.has_value()) << each.body;
    EXPECT_EQ(ask.error().kind, FaultKind::bad_request) << each.body;
    EXPECT_EQ(ask.error().param, each.param) << each.body;
    EXPECT_EQ(ask.error().code, each.code) << each.body;
    if (!each.param.empty()) {
      EXPECT_TRUE(ask.error().message.starts_with(each.param)) << ask.error().message;
    }
  }
}

struct Needed {
  std::string members;
  Abilities needs;
};

TEST(OpenaiAsk, takes_sixteen_pairs_of_metadata) {
  const auto with_pairs = [](int count) {
    std::string pairs;
    for (int i = 0; i < count; ++i) {
      pairs += (pairs.empty() ? "" : ",") + ("\"k" + std::to_string(i) + "\":\"v\"");
    }
    return read(with("\"metadata\":{" + pairs + "}"));
  };
  EXPECT_TRUE(with_pairs(16));
  const Result<Ask> more = with_pairs(17);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().message, "metadata may have 16 pairs at most");
  EXPECT_EQ(more.error().param, "metadata");
}

TEST(OpenaiAsk, knows_what_a_request_needs) {
  using enum Ability;
  const Needed cases[] = {
      {R"("x":1)", {}},
      {R"("tools":[],"parallel_tool_calls":true)", {}},
      {R"("tools":[{"type":"function","function":{"name":"f"}}])", {tools}},
      {R"("parallel_tool_calls":true,"tools":[{"type":"function","function":{"name":"f"}}])",
       {tools, parallel_tools}},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":false)",
       {tools}},
      {R"("tools":null,"stop":null,"seed":null,"stream":null,"response_format":null)", {}},
      {R"("functions":[{"name":"f"}])", {tools}},
      {R"("response_format":{"type":"text"})", {}},
      {R"("response_format":{"type":"json_object"})", {json_object}},
      {R"("response_format":{"json_schema":{"type":"x"},"type":"json_schema"})", {json_schema}},
      {R"("reasoning_effort":"high")", {reasoning}},
      {R"("reasoning_effort":"none")", {}},
      {R"("reasoning":{"effort":"low"})", {reasoning}},
      {R"("reasoning":{"enabled":false})", {}},
      {R"("thinking":{"type":"disabled"})", {}},
      {R"("thinking":{"type":"enabled"})", {reasoning}},
      {R"("logprobs":true)", {logprobs}},
      {R"("logprobs":false)", {}},
      {R"("stream":true)", {stream}},
      {R"("seed":5)", {seed}},
      {R"("n":2)", {n}},
      {R"("n":1)", {}},
      {R"("stop":"x")", {stop}},
      {R"("stop":["x","y"])", {stop}},
      {R"("stop":[])", {}},
  };
  for (const Needed& each : cases) {
    const auto ask = read(with(each.members));
    ASSERT_TRUE(ask.has_value()) << each.members << ask.error().message;
    EXPECT_EQ(ask->facts.needs, each.needs) << each.members;
  }
}

TEST(OpenaiAsk, null_is_not_given_and_what_providers_have_beside_is_theirs) {
  const std::string_view cases[] = {
      R"("temperature":null,"tool_choice":null,"logit_bias":null,"top_p":1)",
      R"("tools":[{"type":"web_search"},{"type":"function","function":{"name":"f","strict":null}}])",
      R"("response_format":{"type":"grammar","grammar":"x"})",
      R"("response_format":{"type":"json_schema","schema":{"type":"object"}})",
      R"("tool_choice":"any","safe_prompt":5)",
      R"("response_format":{"type":"text","json_schema":null})",
      R"("response_format":{"type":"json_schema","json_schema":{"name":"x"},"schema":null})",
      R"("response_format":{"type":"json_schema","value":{"type":"object"}})",
      R"("tools":[{"type":"custom","custom":{},"function":null},{"type":null}])",
  };
  for (const std::string_view each : cases) EXPECT_TRUE(read(with(each)).has_value()) << each;
  EXPECT_TRUE(read(saying(R"({"role":"assistant","content":null,"tool_calls":[{"id":"a",)"
                          R"("type":"function","function":{"name":"f","arguments":{"a":[1]}}},)"
                          R"({"function":{"arguments":[]}},{"type":"custom","function":null}]})"))
                  .has_value());
  const auto parts = read(
      saying(R"({"role":"user","content":[{"type":"text","text":"a","image_url":null,"file":null},)"
             R"({"type":"input_audio","input_audio":"https://x/y.mp3"},)"
             R"({"type":"file","file":{"file_id":"f","video_metadata":{"fps":1}}}]})"));
  ASSERT_TRUE(parts.has_value()) << parts.error().message;
  EXPECT_EQ(parts->facts.needs, (Abilities{Ability::audio_in, Ability::documents}));
}

TEST(OpenaiAsk, looks_into_content_parts) {
  using enum Ability;
  const std::string big(100000, 'A');
  const auto ask = read(saying(
      R"({"content":[{"image_url":{"url":"data:image/png;base64,)" + big +
      R"("},"type":"image_url"},{"type":"input_audio","input_audio":{"data":")" + big +
      R"(","format":"wav"}},{"type":"file","file":{"file_data":")" + big +
      R"("}},{"type":"text","text":"12345678"}],"role":"user"},{"role":"tool","content":"x"})"));
  ASSERT_TRUE(ask.has_value());
  EXPECT_EQ(ask->facts.needs, (Abilities{images, audio_in, documents, tools}));
  // 765 + 500 + 2000 for what is no text, 3 of nine bytes, and 11 for two messages.
  EXPECT_EQ(ask->facts.input_tokens, 765 + 500 + 2000 + 3 + 11);
}

TEST(OpenaiAsk, reads_escaped_keys_and_values) {
  const auto ask = read(
      R"({"mod\u0065l":"a\/b","messages":[{"rol\u0065":"\u0075ser","content":"x"}],"str\u0065am":true})");
  ASSERT_TRUE(ask.has_value());
  EXPECT_EQ(ask->facts.model, "a/b");
  EXPECT_TRUE(ask->facts.stream);
}

TEST(OpenaiAsk, reads_metadata_users_and_limits) {
  const auto ask = read(with(
      R"("metadata":{"team":"red","task":"triage","odd":5},"user":"u","max_tokens":64,"n":3)"));
  ASSERT_TRUE(ask.has_value());
  EXPECT_EQ(ask->facts.task_metadata, "triage");
  ASSERT_EQ(ask->facts.metadata.size(), 1u);
  EXPECT_EQ(ask->facts.metadata[0], (std::pair<std::string, std::string>("team", "red")));
  EXPECT_EQ(ask->facts.output_tokens_max, 64);
  EXPECT_EQ(ask->facts.choices, 3);
  EXPECT_NE(ask->facts.user_hash, 0u);
  const auto same_user = read(with(R"("safety_identifier":"u")"));
  EXPECT_EQ(same_user->facts.user_hash, ask->facts.user_hash);
  EXPECT_EQ(read(with(R"("x":1)"))->facts.user_hash, 0u);
}

TEST(OpenaiAsk, the_prefix_is_instructions_and_opening) {
  const auto hash = [](std::string_view messages, std::string_view more = "") {
    return read(R"({"model":"m","messages":[)" + std::string(messages) + "]" + std::string(more) +
                "}")
        ->facts.prefix_hash;
  };
  const std::string start =
      R"({"role":"system","content":"Be kind."},{"role":"user","content":"Hi"})";
  EXPECT_NE(hash(start), 0u);
  EXPECT_EQ(
      hash(start),
      hash(start + R"(,{"role":"assistant","content":"Yes?"},{"role":"user","content":"x"})"));
  EXPECT_NE(hash(start),
            hash(R"({"role":"system","content":"Be kind."},{"role":"user","content":"Ho"})"));
  EXPECT_NE(hash(start), hash(R"({"role":"user","content":"Hi"})"));
  EXPECT_EQ(hash(start, R"(,"prompt_cache_key":"k")"),
            hash(R"({"role":"user","content":"?"})", R"(,"prompt_cache_key":"k")"));
}

TEST(OpenaiAsk, reads_embeddings) {
  const auto tokens = [](std::string_view input) {
    auto ask = read(R"({"model":"e","input":)" + std::string(input) + "}", Endpoint::embeddings);
    return ask ? ask->facts.input_tokens : -1;
  };
  EXPECT_EQ(tokens(R"("12345678")"), 2);
  EXPECT_EQ(tokens(R"(["1234","5678"])"), 2);
  EXPECT_EQ(tokens("[1,2,3]"), 3);
  EXPECT_EQ(tokens("[[1,2],[3]]"), 3);
  EXPECT_EQ(tokens("[]"), -1);
  EXPECT_EQ(tokens("null"), -1);
  EXPECT_EQ(tokens("[true]"), -1);
  EXPECT_EQ(tokens(R"(["a",5])"), -1);
  EXPECT_EQ(tokens(R"([[1],"a"])"), -1);
  EXPECT_EQ(tokens(R"([["x"]])"), -1);
  const auto ask = read(R"({"model":"e","input":"x","encoding_format":"base64","dimensions":8})",
                        Endpoint::embeddings);
  EXPECT_TRUE(ask->client_wants_base64);
  const auto bad =
      read(R"({"model":"e","input":"x","encoding_format":"hex"})", Endpoint::embeddings);
  EXPECT_EQ(bad.error().param, "encoding_format");
}

}  // namespace
}  // namespace wye
