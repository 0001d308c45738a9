// Tests of what of a body the policy does not leave to a client, in OpenAI's two dialects: to whom
// a provider sends it on, and whether anything is kept.
#include "dialect/reserved.h"

#include <gtest/gtest.h>

#include "dialect/dialect.h"
#include "dialect/test_reading.h"

namespace wye {
namespace {

using Names = std::vector<std::string>;

const Dialect& chat = *dialect_of(DialectId::openai);
const Dialect& responses_api = *dialect_of(DialectId::openai_responses);

Ask ask_of(const Dialect& dialect, std::string body, bool zdr) {
  JsonReader reader;
  auto ask = dialect.read_ask(reader, {.endpoint = Endpoint::chat}, std::move(body));
  EXPECT_TRUE(ask.has_value()) << ask.error().message;
  ask->zdr = zdr;
  return std::move(*ask);
}

// A request to task or model "a" that has nothing but these members beside.
Ask chat_with(const std::string& more, bool zdr = true) {
  return ask_of(chat, R"({"model":"a","messages":[{"role":"user","content":"x"}])" + more + "}",
                zdr);
}
Ask responses_with(const std::string& more, bool zdr = true) {
  return ask_of(responses_api, R"({"model":"a","input":"x")" + more + "}", zdr);
}

Provider of_kind(std::string_view kind) {
  Provider provider;
  provider.kind = kind;
  provider.stream_usage = StreamUsage::option;
  return provider;
}

struct Sent {
  std::string body;
  Names dropped;
};

Sent sent(const ProviderRequest& request) { return {reading::joined(request), request.dropped}; }

Deployment model_m() {
  Deployment deployment;
  deployment.model = "m";
  return deployment;
}

Sent spliced(const Dialect& dialect, const Ask& ask, std::string_view kind) {
  return sent(dialect.splice(ask, model_m(), of_kind(kind), false));
}

Sent written(const Dialect& from, const Ask& ask, const Dialect& to, std::string_view kind) {
  JsonReader reader;
  const auto content = from.read_content(reader, ask);
  EXPECT_TRUE(content.has_value()) << content.error().message;
  const auto request = to.write_ask(*content, ask, model_m(), of_kind(kind));
  EXPECT_TRUE(request.has_value()) << request.error().message;
  return sent(*request);
}

TEST(Reserved, a_chat_is_written_anew_where_it_may_ask_to_be_stored) {
  const Provider provider = of_kind("together");
  EXPECT_TRUE(chat.can_splice(chat_with(""), provider));
  EXPECT_TRUE(chat.can_splice(chat_with(R"(,"store":true)", false), provider));
  EXPECT_FALSE(chat.can_splice(chat_with(R"(,"store":true)"), provider));
  EXPECT_FALSE(chat.can_splice(chat_with(R"(,"st\u006fre":true)"), provider));
  EXPECT_TRUE(chat.can_splice(chat_with(R"(,"zeal":{"store":"the store caf\u00e9"})"), provider));
  // Embeddings are not stored by anybody.
  Ask embeddings = chat_with(R"(,"store":true)");
  embeddings.facts.endpoint = Endpoint::embeddings;
  EXPECT_TRUE(chat.can_splice(embeddings, provider));
}

TEST(Reserved, what_a_chat_says_of_storing_is_said_otherwise_and_told) {
  const std::string plain = R"({"model":"m","messages":[{"role":"user","content":"x"}])";
  struct Row {
    const char* more;
    const char* then;
    bool told;
  };
  const Row rows[]{
      {R"(,"store":true)", R"(,"store":false})", true},
      {R"(,"st\u006fre":true,"zeal":1)", R"(,"zeal":1,"store":false})", true},
      {R"(,"store":false,"store":true)", R"(,"store":false})", true},
      {R"(,"store":false)", R"(,"store":false})", false},
      {R"(,"store":null)", R"(,"store":false})", false},
      {"", "}", false},
  };
  for (const Row& row : rows) {
    const Sent out = written(chat, chat_with(row.more), chat, "together");
    EXPECT_EQ(out.body, plain + row.then);
    EXPECT_EQ(out.dropped, row.told ? Names{"store"} : Names{}) << row.more;
  }
  const Sent free = written(chat, chat_with(R"(,"store":true)", false), chat, "together");
  EXPECT_EQ(free.body, plain + R"(,"store":true})");
  EXPECT_TRUE(free.dropped.empty());
}

// OpenAI keeps the chats of newer accounts unless it is told not to.
TEST(Reserved, a_chat_is_told_not_to_be_stored_where_silence_is_consent) {
  EXPECT_EQ(spliced(chat, chat_with(""), "openai").body,
            R"({"store":false,"model":"m","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(spliced(chat, chat_with("", false), "openai").body,
            R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(written(chat, chat_with(""), chat, "openai").body,
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"store":false})");
  // In front of a member that goes, and of another that comes.
  const Ask ask = ask_of(chat,
                         R"({"metadata":{"task":"t"},"model":"a",)"
                         R"("messages":[{"role":"user","content":"x"}],"stream":true})",
                         true);
  EXPECT_EQ(spliced(chat, ask, "openai").body,
            R"({"store":false,"stream_options":{"include_usage":true},"model":"m",)"
            R"("messages":[{"role":"user","content":"x"}],"stream":true})");
}

TEST(Reserved, other_dialects_chats_are_not_stored_either) {
  const Ask storing = responses_with(R"(,"store":true)");
  for (const std::string_view kind : {"openai", "azure", "openrouter"}) {
    const Sent out = written(responses_api, storing, chat, kind);
    EXPECT_EQ(out.body,
              R"({"model":"m","messages":[{"role":"user","content":"x"}],"store":false})");
    EXPECT_EQ(out.dropped, Names{"store"});
  }
  // Who does not know the word is not told it.
  const Sent out = written(responses_api, storing, chat, "together");
  EXPECT_EQ(out.body, R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(out.dropped, Names{"store"});
  EXPECT_EQ(written(responses_api, responses_with(""), chat, "openai").body,
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"store":false})");
}

TEST(Reserved, a_response_is_never_stored_where_nothing_may_be) {
  struct Row {
    const char* more;
    const char* body;
    bool told;
  };
  const Row rows[]{
      {"", R"({"store":false,"model":"m","input":"x"})", false},
      {R"(,"store":true)", R"({"model":"m","input":"x","store":false})", true},
      {R"(, "store" : true , "zeal":1)", R"({"model":"m","input":"x", "store" : false , "zeal":1})",
       true},
      {R"(,"st\u006fre":true)", R"({"model":"m","input":"x","st\u006fre":false})", true},
      {R"(,"store":false,"store":true)", R"({"model":"m","input":"x","store":false,"store":false})",
       true},
      {R"(,"store":false)", R"({"model":"m","input":"x","store":false})", false},
      {R"(,"store":null)", R"({"model":"m","input":"x","store":false})", false},
      // Of somebody else's.
      {R"(,"text":{"store":true})",
       R"({"store":false,"model":"m","input":"x","text":{"store":true}})", false},
      {R"(,"metadata":{"task":"t"})", R"({"store":false,"model":"m","input":"x"})", false},
  };
  for (const Row& row : rows) {
    const Sent out = spliced(responses_api, responses_with(row.more), "openai");
    EXPECT_EQ(out.body, row.body);
    EXPECT_EQ(out.dropped, row.told ? Names{"store"} : Names{}) << row.more;
  }
  const Sent free = spliced(responses_api, responses_with(R"(,"store":true)", false), "openai");
  EXPECT_EQ(free.body, R"({"model":"m","input":"x","store":true})");
  EXPECT_TRUE(free.dropped.empty());
}

TEST(Reserved, a_response_that_is_written_is_never_stored_where_nothing_may_be) {
  for (const char* more : {"", R"(,"store":true)", R"(,"store":null)"}) {
    const Sent own = written(responses_api, responses_with(more), responses_api, "xai");
    EXPECT_EQ(own.body, R"({"model":"m","input":"x","store":false})") << more;
    const Sent other = written(chat, chat_with(more), responses_api, "xai");
    EXPECT_EQ(other.body, R"({"model":"m","input":[{"role":"user","content":"x"}],"store":false})")
        << more;
    const bool told = std::string_view(more).find("true") != std::string_view::npos;
    EXPECT_EQ(own.dropped, told ? Names{"store"} : Names{}) << more;
    EXPECT_EQ(other.dropped, own.dropped) << more;
  }
  const Ask free = chat_with(R"(,"store":true)", false);
  EXPECT_NE(written(chat, free, responses_api, "xai").body.find(R"("store":true)"),
            std::string::npos);
}

TEST(Reserved, a_conversation_that_would_be_kept_is_refused) {
  const Provider provider = of_kind("openai");
  const std::string more = R"(,"conversation":{"id":"c"})";
  EXPECT_TRUE(responses_api.can_splice(responses_with(more, false), provider));
  EXPECT_TRUE(responses_api.can_splice(responses_with(R"(,"conversation":null)"), provider));
  // This only looks up what is there.
  EXPECT_TRUE(responses_api.can_splice(responses_with(R"(,"previous_response_id":"r")"), provider));
  const Ask ask = responses_with(more);
  EXPECT_FALSE(responses_api.can_splice(ask, provider));
  JsonReader reader;
  const auto content = responses_api.read_content(reader, ask);
  ASSERT_FALSE(content.has_value());
  EXPECT_EQ(content.error().kind, FaultKind::bad_request);
  EXPECT_EQ(content.error().param, "conversation");
  EXPECT_NE(content.error().message.find("zero data retention"), std::string::npos);
}

TEST(Reserved, a_client_does_not_choose_to_whom_a_provider_of_responses_sends_it_on) {
  const std::string choosing =
      R"(,"models":["b"],"provi\u0064er":{"only":["c"]},"zeal":1,"route":"fallback",)"
      R"("preset":"p","plugins":[{"id":"web"}],"transforms":[])";
  const Names names{"models", "provider", "route", "preset", "plugins", "transforms"};
  const std::string rest = R"({"model":"m","input":"x","zeal":1})";
  const Ask ask = responses_with(choosing, false);
  for (const Sent& out : {spliced(responses_api, ask, "openrouter"),
                          written(responses_api, ask, responses_api, "openrouter")}) {
    EXPECT_EQ(out.body, rest);
    EXPECT_EQ(out.dropped, names);
  }
  const Sent other = spliced(responses_api, ask, "xai");
  EXPECT_EQ(other.body, R"({"model":"m","input":"x")" + choosing + "}");
  EXPECT_TRUE(other.dropped.empty());
  // Members of the same names elsewhere are no choice.
  const std::string within = R"(,"tools":[{"type":"function","name":"f","provider":"p"}])";
  const Sent inner = spliced(responses_api, responses_with(within, false), "openrouter");
  EXPECT_EQ(inner.body, R"({"model":"m","input":"x")" + within + "}");
  EXPECT_TRUE(inner.dropped.empty());
}

TEST(Reserved, gemini_is_told_to_store_nothing_where_a_client_says_it) {
  const Dialect& gemini = *dialect_of(DialectId::gemini);
  const std::string contents = R"("contents":[{"parts":[{"text":"x"}],"role":"user"}])";
  const auto asked = [&](const std::string& more, bool zdr) {
    JsonReader reader;
    auto ask = gemini.read_ask(reader, *inbound_route("/v1beta/models/a:generateContent"),
                               "{" + contents + more + "}");
    EXPECT_TRUE(ask.has_value());
    ask->zdr = zdr;
    return *std::move(ask);
  };
  EXPECT_TRUE(gemini.can_splice(asked("", true), of_kind("google")));
  EXPECT_TRUE(gemini.can_splice(asked(R"(,"store":true)", false), of_kind("google")));
  const Ask storing = asked(R"(,"store":true,"zeal":1)", true);
  EXPECT_FALSE(gemini.can_splice(storing, of_kind("google")));
  const Sent out = written(gemini, storing, gemini, "google");
  EXPECT_EQ(out.body, "{" + contents + R"(,"store":false,"zeal":1})");
  EXPECT_EQ(out.dropped, Names{"store"});
}

TEST(Reserved, a_message_does_not_choose_who_serves_it_either) {
  const Dialect& messages = *dialect_of(DialectId::anthropic);
  const std::string rest = R"(,"messages":[{"role":"user","content":"x"}],"max_tokens":9)";
  const Ask ask = ask_of(
      messages, R"({"model":"a")" + rest + R"(,"models":["b"],"provider":{},"zeal":1})", false);
  EXPECT_TRUE(messages.can_splice(ask, of_kind("anthropic")));
  EXPECT_FALSE(messages.can_splice(ask, of_kind("openrouter")));
  const Sent out = written(messages, ask, messages, "openrouter");
  EXPECT_EQ(out.body, R"({"model":"m")" + rest + R"(,"zeal":1})");
  EXPECT_EQ(out.dropped, (Names{"models", "provider"}));
}

TEST(Reserved, all_that_is_reserved_goes_at_once) {
  const Sent out =
      spliced(responses_api,
              ask_of(responses_api,
                     R"({"provider":{},"models":[],"model":"a","input":"x","route":"r"})", true),
              "openrouter");
  EXPECT_EQ(out.body, R"({"store":false,"model":"m","input":"x"})");
  EXPECT_EQ(out.dropped, (Names{"provider", "models", "route"}));
}

}  // namespace
}  // namespace wye
