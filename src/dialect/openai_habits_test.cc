// Tests of what is rewritten for providers of the OpenAI family that depart from OpenAI.
#include "dialect/openai_habits.h"

#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

const ChatHabits mistral{.output_limit = OutputLimit::max_tokens,
                         .developer_role = false,
                         .random_seed = true,
                         .stream_options = false,
                         .user = false,
                         .prefix_flag = {},
                         .tool_id_length = 9,
                         .reasoning_efforts = {"none", "high"}};

Ask ask_of(std::string_view body) {
  JsonReader reader;
  auto ask = dialect_of(DialectId::openai)
                 ->read_ask(reader, {.endpoint = Endpoint::chat}, std::string(body));
  EXPECT_TRUE(ask.has_value());
  return std::move(*ask);
}

struct Written {
  std::string body;
  std::vector<std::string> dropped;
};

Written written_for(const Ask& ask, const Provider& provider) {
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
  const auto content = openai.read_content(reader, ask);
  Deployment deployment;
  deployment.model = "m";
  const auto request = openai.write_ask(*content, ask, deployment, provider);
  Written out{.body = {}, .dropped = request->dropped};
  for (const std::string_view piece : request->body) out.body += piece;
  return out;
}

Written written_for(const Ask& ask, const ChatHabits& habits) {
  Provider provider;
  provider.habits = habits;
  return written_for(ask, provider);
}

TEST(OpenaiHabits, ids_are_made_to_fit_and_stay_the_same) {
  EXPECT_EQ(openai::fitting_id("abcDEF123", 9), "abcDEF123");
  EXPECT_EQ(openai::fitting_id("call_1", 0), "call_1");
  const std::string made = openai::fitting_id("call_PTLP8xhu3uwZk4l3nlnrrJha", 9);
  EXPECT_EQ(made.size(), 9U);
  EXPECT_EQ(
      made.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
      std::string::npos);
  EXPECT_EQ(openai::fitting_id("call_PTLP8xhu3uwZk4l3nlnrrJha", 9), made);
  EXPECT_NE(openai::fitting_id("call_PTLP8xhu3uwZk4l3nlnrrJhb", 9), made);
  EXPECT_NE(openai::fitting_id("abc_EF123", 9), "abc_EF123");
  EXPECT_EQ(openai::fitting_id("", 30).size(), 30U);
}

TEST(OpenaiHabits, efforts_are_the_nearest_that_is_known) {
  EXPECT_EQ(openai::fitting_effort("medium", {}), "medium");
  EXPECT_EQ(openai::fitting_effort("medium", mistral), "high");
  EXPECT_EQ(openai::fitting_effort("none", mistral), "none");
  EXPECT_EQ(openai::fitting_effort("minimal", mistral), "high");
  EXPECT_EQ(openai::fitting_effort("max", mistral), "high");
  const ChatHabits levels{.prefix_flag = {}, .reasoning_efforts = {"low", "medium", "high"}};
  EXPECT_EQ(openai::fitting_effort("none", levels), "low");
  EXPECT_EQ(openai::fitting_effort("xhigh", levels), "high");
}

TEST(OpenaiHabits, a_body_is_only_written_anew_where_it_must_be) {
  const Dialect& openai = *dialect_of(DialectId::openai);
  Provider provider;
  provider.habits = mistral;
  const std::string user = R"({"role":"user","content":"Hi"})";
  const auto with = [&](const std::string& more, const std::string& messages) {
    return ask_of(R"({"model":"m","messages":[)" + messages + "]" + more + "}");
  };
  const Ask plain = with(R"(,"max_tokens":5,"temperature":0,"prompt_mode":"reasoning")", user);
  EXPECT_TRUE(openai.can_splice(plain, provider));
  const std::string developer = R"({"role":"developer","content":"Be brief"},)" + user;
  const std::string answered =
      user +
      R"(,{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":)"
      R"({"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"1"})";
  const Ask asks[] = {with(R"(,"max_completion_tokens":5)", user),
                      with(R"(,"seed":5)", user),
                      with(R"(,"stream":true,"stream_options":{"include_usage":true})", user),
                      with(R"(,"user":"u")", user),
                      with(R"(,"reasoning_effort":"low")", user),
                      with("", developer),
                      with("", answered)};
  for (const Ask& ask : asks) {
    EXPECT_FALSE(openai.can_splice(ask, provider)) << ask.body;
    EXPECT_TRUE(openai.can_splice(ask, Provider{})) << ask.body;
  }
}

TEST(OpenaiHabits, a_request_is_written_as_the_provider_takes_it) {
  const Ask ask = ask_of(
      R"({"model":"x","messages":[{"role":"developer","content":"Be brief"},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
      R"("function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"call_1","content":"1"}],)"
      R"("seed":7,"max_completion_tokens":64,"stream":true,"stream_options":{"include_usage":true},)"
      R"("user":"u","reasoning_effort":"low","safe_prompt":true})");
  const std::string id = openai::fitting_id("call_1", 9);
  const Written out = written_for(ask, mistral);
  EXPECT_EQ(out.body,
            R"({"model":"m","messages":[{"role":"system","content":"Be brief"},)"
            R"({"role":"assistant","content":null,"tool_calls":[{"id":")" +
                id +
                R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
                R"({"role":"tool","tool_call_id":")" +
                id +
                R"(","content":"1"}],"reasoning_effort":"high","random_seed":7,"max_tokens":64,)"
                R"("stream":true,"safe_prompt":true})");
  EXPECT_EQ(out.dropped, std::vector<std::string>{"user"});
  const std::string other = written_for(ask, ChatHabits{}).body;
  for (const std::string_view kept :
       {R"("role":"developer")", R"("id":"call_1")", R"("seed":7)", R"("max_completion_tokens":64)",
        R"("include_usage":true)", R"("user":"u")", R"("reasoning_effort":"low")"}) {
    EXPECT_NE(other.find(kept), std::string::npos) << kept << " in " << other;
  }
}

// Regions and retention are promised of the provider that the policy chose.
TEST(OpenaiHabits, a_client_does_not_choose_to_whom_a_provider_sends_it_on) {
  const Dialect& openai = *dialect_of(DialectId::openai);
  const std::string rest = R"("messages":[{"role":"user","content":"x"}],"zeal":1})";
  const Ask choosing =
      ask_of(R"({"model":"a","models":["b"],"provi\u0064er":{"only":["c"]},"route":"fallback",)"
             R"("preset":"p","plugins":[{"id":"web"}],"transforms":[],)" +
             rest);
  const Ask plain = ask_of(R"({"model":"a",)" + rest);
  Provider openrouter, other;
  openrouter.kind = "openrouter";
  other.kind = "together";
  EXPECT_FALSE(openai.can_splice(choosing, openrouter));
  EXPECT_TRUE(openai.can_splice(choosing, other));
  EXPECT_TRUE(openai.can_splice(plain, openrouter));
  const Written written = written_for(choosing, openrouter);
  EXPECT_EQ(written.body, R"({"model":"m","messages":[{"role":"user","content":"x"}],"zeal":1})");
  EXPECT_EQ(written.dropped, (std::vector<std::string>{"models", "provider", "route", "preset",
                                                       "plugins", "transforms"}));
  EXPECT_TRUE(written_for(choosing, other).dropped.empty());
}

}  // namespace
}  // namespace wye
