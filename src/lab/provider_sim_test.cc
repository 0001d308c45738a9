// The provider simulator in the simulated world, through the real HTTP server and client: what it
// answers, that it answers the same again, and every fault that it can play.
#include "lab/provider_sim.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "lab/sim_embeddings.h"
#include "lab/sim_limits.h"
#include "lab/test_provider_sim.h"

namespace wye {
namespace {

constexpr std::int64_t second_us = 1'000'000;

TEST_F(ProviderSimTest, AnswersChatInTheFormOfOpenAi) {
  const SimReply answer = chat();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_TRUE(answer.headers.at("x-request-id").starts_with("req_"));
  const dom::Element root = parse(answer.body);
  EXPECT_TRUE(text_at(root, "/id").starts_with("chatcmpl-"));
  EXPECT_EQ(text_at(root, "/object"), "chat.completion");
  EXPECT_EQ(text_at(root, "/model"), "sim-fast");
  EXPECT_EQ(text_at(root, "/choices/0/message/role"), "assistant");
  EXPECT_EQ(text_at(root, "/choices/0/finish_reason"), "stop");
  EXPECT_TRUE(dom::is_null(at(root, "/choices/0/logprobs")));
  EXPECT_TRUE(dom::is_null(at(root, "/choices/0/message/refusal")));
  EXPECT_EQ(text_at(root, "/system_fingerprint"), "fp_simulator");
  const std::string text = text_at(root, "/choices/0/message/content");
  EXPECT_EQ(number_at(root, "/usage/completion_tokens"), count_tokens(text));
  EXPECT_EQ(number_at(root, "/usage/total_tokens"),
            number_at(root, "/usage/prompt_tokens") + number_at(root, "/usage/completion_tokens"));
  EXPECT_GT(text.size(), 80U);
}

TEST_F(ProviderSimTest, TheSamePromptGivesTheSameTextStreamedOrNot) {
  const auto text_of = [&](const SimReply& answer) {
    return text_at(parse(answer.body), "/choices/0/message/content");
  };
  const std::string text = text_of(chat());
  EXPECT_EQ(text_of(chat()), text);
  EXPECT_EQ(streamed_text(chat(R"("stream":true)").body), text);
  EXPECT_NE(text_of(chat("", "", "Tell me about bridges")), text);
  EXPECT_NE(text_of(chat(R"("seed":2)")), text);
  open(R"({"seed":99})");
  EXPECT_NE(text_of(chat()), text);
}

TEST_F(ProviderSimTest, StreamsWithRoleFinishUsageAndDone) {
  const SimReply answer = chat(R"("stream":true,"stream_options":{"include_usage":true})");
  EXPECT_TRUE(answer.headers.at("content-type").starts_with("text/event-stream"));
  const auto events = events_of(answer.body);
  ASSERT_GT(events.size(), 10U);
  EXPECT_EQ(text_at(parse(events.front()), "/choices/0/delta/role"), "assistant");
  EXPECT_TRUE(dom::is_null(at(parse(events.front()), "/usage")));
  EXPECT_EQ(text_at(parse(events[events.size() - 3]), "/choices/0/finish_reason"), "stop");
  const dom::Element usage = parse(events[events.size() - 2]);
  EXPECT_EQ(at(usage, "/choices").get_array().size(), 0U);
  EXPECT_EQ(number_at(usage, "/usage/completion_tokens"),
            static_cast<std::int64_t>(events.size()) - 4);
  EXPECT_EQ(events.back(), "[DONE]");
  for (const std::string& event : events_of(chat(R"("stream":true)").body))
    EXPECT_EQ(event.find("usage"), std::string::npos) << "not asked for";
}

TEST_F(ProviderSimTest, KeepsThePace) {
  open(
      R"({"models":[{"name":"*","ttft_ms":200,"tokens_per_second":50,"words_min":30,"words_max":30}]})");
  const MonoUs before = universe_.now();
  const SimReply streamed = chat(R"("stream":true)");
  EXPECT_NEAR(static_cast<double>(streamed.head_us - before), 200'000, 30'000);
  const auto tokens = static_cast<double>(events_of(streamed.body).size() - 3);
  EXPECT_NEAR(static_cast<double>(streamed.end_us - streamed.head_us), tokens * 20'000, 50'000);
  const MonoUs again = universe_.now();
  const SimReply whole = chat();
  EXPECT_NEAR(static_cast<double>(whole.end_us - again), 200'000 + tokens * 20'000, 60'000);
}

TEST_F(ProviderSimTest, HonoursMaxTokensStopAndN) {
  const std::string full = text_at(parse(chat().body), "/choices/0/message/content");
  const SimReply limited = chat(R"("max_tokens":5)");
  const dom::Element short_root = parse(limited.body);
  EXPECT_EQ(text_at(short_root, "/choices/0/finish_reason"), "length");
  EXPECT_EQ(number_at(short_root, "/usage/completion_tokens"), 5);
  EXPECT_TRUE(full.starts_with(text_at(short_root, "/choices/0/message/content")));

  const std::string stop = full.substr(20, 6);
  const SimReply stopped = chat("\"stop\":[\"never there\",\"" + stop + "\"]");
  EXPECT_EQ(text_at(parse(stopped.body), "/choices/0/message/content"),
            full.substr(0, full.find(stop)));

  const SimReply three = chat(R"("n":3)");
  const dom::Element root = parse(three.body);
  EXPECT_EQ(at(root, "/choices").get_array().size(), 3U);
  EXPECT_EQ(number_at(root, "/choices/2/index"), 2);
  EXPECT_NE(text_at(root, "/choices/0/message/content"),
            text_at(root, "/choices/1/message/content"));
  const auto events = events_of(chat(R"("n":2,"stream":true)").body);
  EXPECT_EQ(number_at(parse(events[0]), "/choices/0/index"), 0);
  EXPECT_EQ(number_at(parse(events[1]), "/choices/0/index"), 1);
}

TEST_F(ProviderSimTest, GivesLogprobs) {
  const SimReply answer = chat(R"("logprobs":true,"top_logprobs":2,"max_tokens":3)");
  const dom::Element root = parse(answer.body);
  EXPECT_EQ(at(root, "/choices/0/logprobs/content").get_array().size(), 3U);
  EXPECT_EQ(at(root, "/choices/0/logprobs/content/0/top_logprobs").get_array().size(), 2U);
  const auto events = events_of(chat(R"("logprobs":true,"stream":true)").body);
  EXPECT_FALSE(text_at(parse(events[1]), "/choices/0/logprobs/content/0/token").empty());
}

constexpr std::string_view tools =
    R"("tools":[{"type":"function","function":{"name":"get_weather","description":"Weather of a place",
    "parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["C","F"]},
    "days":{"type":"integer","minimum":1,"maximum":7}},"required":["city","unit","days"]}}},
    {"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{}}}}])";

TEST_F(ProviderSimTest, CallsTheToolsThatAreMentioned) {
  const std::string both = std::string(tools);
  EXPECT_EQ(text_at(parse(chat(both).body), "/choices/0/finish_reason"), "stop")
      << "none is mentioned";

  const SimReply answer = chat(both, "", "Please get weather and get_time for Lisbon");
  const dom::Element root = parse(answer.body);
  EXPECT_EQ(text_at(root, "/choices/0/finish_reason"), "tool_calls");
  EXPECT_TRUE(dom::is_null(at(root, "/choices/0/message/content")));
  ASSERT_EQ(at(root, "/choices/0/message/tool_calls").get_array().size(), 2U);
  EXPECT_TRUE(text_at(root, "/choices/0/message/tool_calls/0/id").starts_with("call_"));
  EXPECT_EQ(text_at(root, "/choices/0/message/tool_calls/1/function/name"), "get_time");
  const std::string arguments = text_at(root, "/choices/0/message/tool_calls/0/function/arguments");
  const dom::Element given = parse(arguments);
  EXPECT_FALSE(text_at(given, "/city").empty());
  EXPECT_GE(number_at(given, "/days"), 1);
  EXPECT_LE(number_at(given, "/days"), 7);

  const SimReply streamed =
      chat(both + R"(,"stream":true)", "", "Please get weather and get_time for Lisbon");
  std::string collected;
  for (const std::string& data : events_of(streamed.body)) {
    if (data == "[DONE]") continue;
    dom::Element call;
    if (parse(data).at_pointer("/choices/0/delta/tool_calls/0").get(call) != simdjson::SUCCESS)
      continue;
    if (number_at(call, "/index") == 0) collected += text_at(call, "/function/arguments");
  }
  EXPECT_EQ(collected, arguments);
}

TEST_F(ProviderSimTest, ToolChoiceForcesOrForbids) {
  const auto first_call = [&](std::string_view choice) {
    const SimReply answer = chat(std::string(tools) + ",\"tool_choice\":" + std::string(choice));
    const dom::Element root = parse(answer.body);
    dom::Element name;
    const auto found = root.at_pointer("/choices/0/message/tool_calls/0/function/name").get(name);
    return found == simdjson::SUCCESS ? std::string(*dom::text(name)) : "";
  };
  EXPECT_EQ(first_call(R"("required")"), "get_weather");
  EXPECT_EQ(first_call(R"({"type":"function","function":{"name":"get_time"}})"), "get_time");
  EXPECT_EQ(first_call(R"("none")"), "");
}

TEST_F(ProviderSimTest, AnswersByJsonSchema) {
  const std::string schema = R"({"type":"object","required":["kind","tree","tags","score","on"],
    "properties":{"kind":{"const":"report"},"score":{"type":"number","minimum":0,"maximum":1},
    "on":{"type":"boolean"},"tags":{"type":"array","items":{"type":"string"},"minItems":2,"maxItems":4},
    "tree":{"$ref":"#/$defs/node"}},
    "$defs":{"node":{"type":"object","required":["name","children"],"properties":{
      "name":{"type":"string","minLength":3},
      "children":{"type":"array","items":{"$ref":"#/$defs/node"}}}}}})";
  for (int seed = 0; seed < 40; ++seed) {
    const SimReply answer =
        chat(R"("response_format":{"type":"json_schema","json_schema":{"name":"r","schema":)" +
             schema + "}},\"seed\":" + std::to_string(seed));
    const std::string content = text_at(parse(answer.body), "/choices/0/message/content");
    const dom::Element made = parse(content);
    EXPECT_EQ(text_at(made, "/kind"), "report");
    EXPECT_GE(text_at(made, "/tree/name").size(), 3U);
    EXPECT_TRUE(at(made, "/tree/children").is_array());
    const std::size_t tags = at(made, "/tags").get_array().size();
    EXPECT_TRUE(tags >= 2 && tags <= 4) << content;
    const double score = *dom::number(at(made, "/score"));
    EXPECT_TRUE(score >= 0 && score <= 1) << content;
    EXPECT_TRUE(at(made, "/on").is_bool());
  }
}

TEST_F(ProviderSimTest, GivesEmbeddings) {
  const auto vector_of = [&](const std::string& text) { return embedding_of(text, 256); };
  const auto cosine = [](const std::vector<float>& a, const std::vector<float>& b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  const auto weather = vector_of("what is the weather in Lisbon today");
  EXPECT_NEAR(cosine(weather, weather), 1, 1e-4);
  EXPECT_GT(cosine(weather, vector_of("what is the weather in Porto today")), 0.7F);
  EXPECT_LT(cosine(weather, vector_of("heat pumps need little current")), 0.3F);

  const SimReply floats =
      send("POST", "/v1/embeddings", R"({"model":"sim-embed","input":["a","b"],"dimensions":64})");
  const dom::Element root = parse(floats.body);
  EXPECT_EQ(at(root, "/data").get_array().size(), 2U);
  EXPECT_EQ(at(root, "/data/1/embedding").get_array().size(), 64U);
  EXPECT_EQ(number_at(root, "/usage/total_tokens"), 2);
  const SimReply encoded =
      send("POST", "/v1/embeddings",
           R"({"model":"e","input":[1,2,3],"dimensions":3,"encoding_format":"base64"})");
  EXPECT_EQ(text_at(parse(encoded.body), "/data/0/embedding").size(), 16U);
}

TEST_F(ProviderSimTest, ListsModels) {
  open(R"({"models":[{"name":"sim-fast"},{"name":"gpt-*"}]})");
  EXPECT_EQ(text_at(parse(send("GET", "/v1/models", "").body), "/data/0/id"), "sim-fast");
  EXPECT_EQ(send("GET", "/v1/models/gpt-4o", "").status, 200);
  EXPECT_EQ(send("GET", "/v1/models/other", "").status, 404);
  const SimReply unknown = send("POST", "/v1/chat/completions",
                                R"({"model":"other","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(text_at(parse(unknown.body), "/error/code"), "model_not_found");
}

TEST_F(ProviderSimTest, RefusesWhatOpenAiRefuses) {
  const auto status_of = [&](std::string body) {
    return send("POST", "/v1/chat/completions", std::move(body)).status;
  };
  EXPECT_EQ(status_of("{"), 400);
  EXPECT_EQ(status_of("[]"), 400);
  EXPECT_EQ(status_of(R"({"messages":[]})"), 400);
  EXPECT_EQ(status_of(R"({"model":"m"})"), 400);
  EXPECT_EQ(status_of(R"({"model":"m","messages":[]})"), 400);
  EXPECT_EQ(status_of(R"({"model":"m","messages":[{"content":"x"}]})"), 400);
  EXPECT_EQ(chat(R"("max_tokens":1,"max_completion_tokens":1)").status, 400);
  EXPECT_EQ(chat(R"("max_tokens":0)").status, 400);
  EXPECT_EQ(chat(R"("some_new_field":{"a":[1]})").status, 200);
  EXPECT_EQ(send("GET", "/v1/chat/completions", "").status, 404);
  EXPECT_EQ(send("POST", "/v1/nothing", "{}").status, 404);
}

TEST_F(ProviderSimTest, ChecksTheCredentialWhenThereIsOne) {
  open(R"({"api_key":"sk-right"})");
  EXPECT_EQ(chat().status, 401);
  EXPECT_EQ(chat("", "authorization: Bearer sk-wrong\r\n").status, 401);
  EXPECT_EQ(chat("", "authorization: Bearer sk-right\r\n").status, 200);
}

TEST_F(ProviderSimTest, LimitsRequestsAndTokens) {
  open(R"({"models":[{"name":"*","requests_per_minute":2}]})");
  EXPECT_EQ(chat().headers.at("x-ratelimit-remaining-requests"), "1");
  EXPECT_EQ(chat().status, 200);
  const SimReply limited = chat();
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(text_at(parse(limited.body), "/error/code"), "rate_limit_exceeded");
  EXPECT_EQ(limited.headers.at("retry-after"), "30");
  EXPECT_EQ(limited.headers.at("x-ratelimit-limit-requests"), "2");
  EXPECT_EQ(limited.headers.at("x-ratelimit-reset-requests").substr(0, 2), "59");
  universe_.run_for(31'000);
  EXPECT_EQ(chat().status, 200);
  open(R"({"models":[{"name":"*","tokens_per_minute":40}]})");
  EXPECT_EQ(chat(R"("max_tokens":100)").status, 429) << "larger than a minute";
  EXPECT_EQ(chat(R"("max_tokens":16)").status, 200);
  EXPECT_EQ(chat(R"("max_tokens":16)").status, 429);
}

TEST_F(ProviderSimTest, RefusesByFaultWithTheProvidersWords) {
  const std::map<std::string, std::pair<int, std::string>> expected = {
      {"status_500", {500, ""}},
      {"status_503", {503, ""}},
      {"status_529", {529, ""}},
      {"rate_limit", {429, "rate_limit_exceeded"}},
      {"quota", {429, "insufficient_quota"}},
      {"auth", {401, "invalid_api_key"}},
      {"permission", {403, "model_not_found"}},
      {"model_gone", {404, "model_not_found"}},
      {"context_length", {400, "context_length_exceeded"}},
      {"content_filter", {400, "content_filter"}},
      {"bad_request", {400, "invalid_value"}},
  };
  for (const auto& [name, told] : expected) {
    const SimReply answer = fault(name);
    EXPECT_EQ(answer.status, told.first) << name;
    const dom::Element code = at(parse(answer.body), "/error/code");
    EXPECT_EQ(dom::text(code).value_or(""), told.second) << name;
  }
  EXPECT_EQ(fault("rate_limit;retry_after_ms=2500").headers.at("retry-after"), "3");
  EXPECT_EQ(fault("rate_limit;retry_after_ms=-1").headers.count("retry-after"), 0U);
}

TEST_F(ProviderSimTest, BreaksConnections) {
  for (const bool stream : {false, true}) {
    EXPECT_EQ(fault("reset", stream).fault->kind, FaultKind::outage);
    EXPECT_EQ(fault("hang", stream).fault->kind, FaultKind::ttft);
    EXPECT_EQ(fault("garbage", stream).status, 0);
    EXPECT_TRUE(fault("garbage", stream).fault);
    EXPECT_EQ(fault("wrong_length", stream).fault->kind, FaultKind::cut);
    EXPECT_EQ(fault("cut", stream).fault->kind, FaultKind::cut);
    EXPECT_EQ(fault("stall", stream).fault->kind, FaultKind::stall);
    EXPECT_EQ(fault("html_200", stream).headers.at("content-type"), "text/html");
    EXPECT_EQ(chat().status, 200) << "the next request is served";
  }
}

TEST_F(ProviderSimTest, BreaksStreams) {
  EXPECT_EQ(events_of(fault("cut;after_tokens=3").body).size(), 4U) << "the role and three tokens";
  const SimReply malformed = fault("malformed_event");
  EXPECT_FALSE(malformed.fault);
  EXPECT_NE(malformed.body.find("chat.comp\n"), std::string::npos);
  EXPECT_TRUE(malformed.body.ends_with("[DONE]\n\n"));
  const SimReply no_done = fault("no_done");
  EXPECT_FALSE(no_done.fault);
  EXPECT_EQ(no_done.body.find("[DONE]"), std::string::npos);
  const auto error = events_of(fault("error_event").body);
  EXPECT_EQ(text_at(parse(error.back()), "/error/type"), "server_error");
  EXPECT_EQ(streamed_text(fault("empty").body), "");
  const MonoUs before = universe_.now();
  const SimReply slow = fault("slow_first_token;wait_ms=3000");
  EXPECT_LT(slow.head_us - before, second_us);
  EXPECT_GT(slow.end_us - before, 3 * second_us);
  const SimReply pause = fault("stall;wait_ms=2000");
  EXPECT_FALSE(pause.fault) << "goes on after a finite silence";
  EXPECT_TRUE(pause.body.ends_with("[DONE]\n\n"));
}

TEST_F(ProviderSimTest, FaultsComeAndGoAtRunTime) {
  const auto post = [&](std::string body) {
    return send("POST", "/sim/v1/faults", std::move(body));
  };
  const auto set = [&](std::string body) { return post(std::move(body)).status; };
  EXPECT_EQ(set(R"({"faults":[{"kind":"status_500","count":2}]})"), 200);
  EXPECT_EQ(chat().status, 500);
  EXPECT_EQ(chat().status, 500);
  EXPECT_EQ(chat().status, 200);
  EXPECT_EQ(set(R"({"name":"sim-fast","faults":[{"kind":"status_503","for_ms":5000}]})"), 200);
  EXPECT_EQ(chat().status, 503);
  universe_.run_for(6'000);
  EXPECT_EQ(chat().status, 200);
  EXPECT_EQ(set(R"({"name":"sim-fast","faults":[{"kind":"status_500","rate":0.5}]})"), 200);
  int failed = 0;
  for (int i = 0; i < 200; ++i) failed += chat().status == 500 ? 1 : 0;
  EXPECT_TRUE(failed > 60 && failed < 140) << failed;
  EXPECT_EQ(post(R"({"name":"sim-fast","faults":[]})").body, R"({"ok":true,"model":"sim-fast"})");
  EXPECT_EQ(chat().status, 200);
  EXPECT_EQ(post(R"({"name":"zzz"})").body, R"({"ok":true,"model":"zzz","made_from":"*"})");
  EXPECT_EQ(set(R"({"faults":[{"kind":"nonsense"}]})"), 400);
  EXPECT_EQ(set(R"({"falts":[]})"), 400);
}

TEST_F(ProviderSimTest, LogsWhatItSaw) {
  open(R"({"log_bodies":true})");
  (void)chat("", "authorization: Bearer sk-secret\r\nx-trace: t1\r\n");
  (void)chat(R"("stream":true)", "x-sim-fault: cut\r\n");
  const SimReply log = send("GET", "/sim/v1/log", "");
  EXPECT_EQ(log.body.find("sk-secret"), std::string::npos);
  const dom::Element root = parse(log.body);
  EXPECT_EQ(number_at(root, "/seen"), 2);
  EXPECT_EQ(text_at(root, "/entries/0/outcome"), "answered");
  EXPECT_EQ(text_at(root, "/entries/0/headers/x-trace"), "t1");
  EXPECT_EQ(text_at(root, "/entries/0/headers/authorization"),
            "sha256:" + sha256_hex("Bearer sk-secret").substr(0, 12));
  EXPECT_EQ(text_at(root, "/entries/0/path"), "/v1/chat/completions");
  EXPECT_EQ(number_at(root, "/entries/0/status"), 200);
  EXPECT_GT(number_at(root, "/entries/0/output_tokens"), 10);
  EXPECT_NE(text_at(root, "/entries/0/body").find("solar panels"), std::string::npos);
  EXPECT_EQ(text_at(root, "/entries/1/fault"), "cut");
  EXPECT_EQ(text_at(root, "/entries/1/outcome"), "broken");
  EXPECT_EQ(number_at(root, "/entries/1/output_tokens"), 5);
  const dom::Element later = parse(send("GET", "/sim/v1/log?after=1", "").body);
  EXPECT_EQ(at(later, "/entries").get_array().size(), 1U);
  EXPECT_EQ(send("DELETE", "/sim/v1/log", "").status, 200);
  EXPECT_TRUE(provider_->log().entries().empty());
}

TEST_F(ProviderSimTest, ManyStreamsAtOnceEndWell) {
  open(R"({"models":[{"name":"*","ttft_ms":100,"tokens_per_second":40,"jitter":0.3}]})");
  constexpr int count = 300;
  std::vector<SimReply> answers(count);
  std::vector<char> done(count);
  int finished = 0;
  const auto one = [&](std::size_t i) -> Async<void> {
    bool ended = false;
    co_await exchange(
        "POST", "/v1/chat/completions",
        R"({"model":"m","stream":true,"messages":[{"role":"user","content":"stream )" +
            std::to_string(i) + "\"}]}",
        "", 60'000, answers[i], ended);
    ++finished;
  };
  for (std::size_t i = 0; i < count; ++i) start(one(i));
  EXPECT_TRUE(universe_.run_until([&] { return finished == count; }));
  for (const SimReply& answer : answers) EXPECT_TRUE(answer.body.ends_with("[DONE]\n\n"));
}

TEST(SimConfig, ReadsAndRefuses) {
  const auto config = parse_sim_config(
      R"({"port":9,"seed":3,"models":[{"name":"gpt-*","jitter":0.5,"faults":["cut;after_tokens=2",{"kind":"quota","rate":0.25}]}]})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->port, 9);
  ASSERT_EQ(config->models.size(), 1U);
  ASSERT_EQ(config->models[0].faults.size(), 2U);
  EXPECT_EQ(config->models[0].faults[0].after_tokens, 2);
  EXPECT_EQ(config->models[0].faults[1].rate, 0.25);
  for (const char* wrong :
       {"", "[]", R"({"prot":1})", R"({"port":70000})", R"({"models":{}})",
        R"({"models":[{"faults":[{"rate":1}]}]})", R"({"models":[{"jitter":2}]})"})
    EXPECT_EQ(parse_sim_config(wrong).error().kind, FaultKind::config) << wrong;
  EXPECT_NE(parse_sim_config(R"({"prot":1})").error().message.find("\"port\""), std::string::npos);
}

TEST(SimConfig, NamesTheFaultThatIsNone) {
  const auto refusal = [](std::string_view fault) {
    const auto read = parse_sim_config(fmt::format(R"({{"models":[{{"faults":[{}]}}]}})", fault));
    return read ? std::string() : read.error().message;
  };
  for (const char* misspelled :
       {R"("status_50")", R"("status_50;wait_ms=1")", R"({"kind":"status_50"})"})
    EXPECT_EQ(refusal(misspelled),
              "the simulator has no fault \"status_50\"; is \"status_500\" meant?");
  const std::string far = refusal(R"("elephants")");
  EXPECT_NE(far.find("no fault \"elephants\"; it has status_500, status_503"), std::string::npos)
      << far;
  EXPECT_NE(refusal(R"("cut;after_tokns=3")").find("not \"cut;after_tokns=3\""), std::string::npos);
  EXPECT_EQ(refusal(R"("cut;after_tokens=3")"), "");
}

TEST(SimConfig, ChangesOnlyModelsThatAreThere) {
  auto config = parse_sim_config(R"({"models":[{"name":"fast"},{"name":"slow-*","ttft_ms":7}]})");
  ASSERT_TRUE(config);
  std::vector<SimModel>& models = config->models;
  for (const char* misspelled : {R"({"name":"fats","faults":["cut"]})", R"({"faults":["cut"]})"}) {
    const auto refused = change_sim_models(misspelled, models);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("fast, slow-*"), std::string::npos)
        << refused.error().message;
  }
  EXPECT_EQ(models.size(), 2U);
  const auto there = change_sim_models(R"({"name":"fast","jitter":0.5})", models);
  ASSERT_TRUE(there);
  EXPECT_EQ(there->model, "fast");
  EXPECT_EQ(there->made_from, "");
  const auto made = change_sim_models(R"({"name":"slow-one","jitter":0.5})", models);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->model, "slow-one");
  EXPECT_EQ(made->made_from, "slow-*");
  ASSERT_EQ(models.size(), 3U);
  EXPECT_EQ(models[2].ttft_ms, 7);
}

TEST(SimLimits, SpellsDurationsAsGoDoes) {
  EXPECT_EQ(go_duration(0), "0s");
  EXPECT_EQ(go_duration(12'000), "12ms");
  EXPECT_EQ(go_duration(63'200'000), "1m3.2s");
  EXPECT_EQ(go_duration(60'000'000), "1m0s");
  EXPECT_EQ(go_duration(3'600'000'000), "1h0m0s");
}

}  // namespace
}  // namespace wye
