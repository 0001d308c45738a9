// Tests of splicing: what goes to the provider differs from what came only where it must.
#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

std::string splice(std::string body, bool drop_reasoning = false,
                   StreamUsage usage = StreamUsage::option) {
  JsonReader reader;
  const Dialect& openai = *dialect_of(DialectId::openai);
  const auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, std::move(body));
  if (!ask) return ask.error().message;
  Deployment deployment;
  deployment.model = "x/\"y\"";
  Provider provider;
  provider.stream_usage = usage;
  const ProviderRequest request = openai.splice(*ask, deployment, provider, drop_reasoning);
  EXPECT_EQ(request.path, "/chat/completions");
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  EXPECT_EQ(out.size(), request.body_bytes);
  JsonReader again;
  pad(out);
  EXPECT_TRUE(again.read_object(out, [](JsonObject&) { return Result<void>(); })) << out;
  return out;
}

constexpr const char* M = R"("messages":[{"role":"user","content":"\"model\":\"no\""}])";

// $M stands for the messages, $N for the new model.
std::string filled(std::string text) {
  const auto put = [&](std::string_view mark, std::string_view value) {
    for (std::size_t at; (at = text.find(mark)) != std::string::npos;) text.replace(at, 2, value);
  };
  put("$M", M);
  put("$N", R"("model":"x/\"y\"")");
  return text;
}

struct Case {
  const char* from;
  const char* to;
  bool drop_reasoning = false;
  StreamUsage usage = StreamUsage::option;
};

TEST(OpenaiSplice, changes_what_it_must) {
  const Case cases[] = {
      {R"({"model":"a",$M})", R"({$N,$M})"},
      {R"({ $M , "model" : "a" })", R"({ $M , "model" : "x/\"y\"" })"},
      {R"({"tools":[{"model":"z"}],"mod\u0065l":"a",$M})",
       R"({"tools":[{"model":"z"}],"mod\u0065l":"x/\"y\"",$M})"},
      // The task is ours, the rest of the metadata is the client's.
      {R"({"metadata":{"task":"t"},"model":"a",$M})", R"({$N,$M})"},
      {R"({"model":"a","metadata":{"task":"t"},$M})", R"({$N,$M})"},
      {R"({"model":"a",$M,"metadata":{"task":"t"}})", R"({$N,$M})"},
      {R"({"model":"a",$M,"metadata":{"task":"t","b":"c"}})", R"({$N,$M,"metadata":{"b":"c"}})"},
      {R"({"model":"a",$M,"metadata":{"b":"c" , "task":"t"}})", R"({$N,$M,"metadata":{"b":"c" }})"},
      {R"({"model":"a",$M,"metadata":{"b":{"task":"t"}}})",
       R"({$N,$M,"metadata":{"b":{"task":"t"}}})"},
      {R"({"model":"a",$M,"metadata":{}})", R"({$N,$M,"metadata":{}})"},
      // Usage of streams.
      {R"({"model":"a",$M,"stream":true})",
       R"({"stream_options":{"include_usage":true},$N,$M,"stream":true})"},
      {R"({"metadata":{"task":"t"},"model":"a",$M,"stream":true})",
       R"({"stream_options":{"include_usage":true},$N,$M,"stream":true})"},
      {R"({"model":"a",$M,"stream":false})", R"({$N,$M,"stream":false})"},
      {R"({"model":"a",$M,"stream":true})", R"({$N,$M,"stream":true})", false, StreamUsage::always},
      {R"({"model":"a",$M,"stream":true,"stream_options":{"include_usage":true}})",
       R"({$N,$M,"stream":true,"stream_options":{"include_usage":true}})"},
      {R"({"model":"a",$M,"stream":true,"stream_options":{"x":1,"include_usage":false}})",
       R"({$N,$M,"stream":true,"stream_options":{"x":1,"include_usage":true}})"},
      {R"({"model":"a",$M,"stream":true,"stream_options":{ }})",
       R"({$N,$M,"stream":true,"stream_options":{"include_usage":true }})"},
      {R"({"model":"a",$M,"stream":true,"stream_options":{"x":1}})",
       R"({$N,$M,"stream":true,"stream_options":{"include_usage":true,"x":1}})"},
      {R"({"model":"a",$M,"stream":true,"stream_options":null})",
       R"({$N,$M,"stream":true,"stream_options":{"include_usage":true}})"},
      // Reasoning.
      {R"({"reasoning_effort":"high","model":"a",$M})", R"({"reasoning_effort":"high",$N,$M})"},
      {R"({"reasoning_effort":"high","model":"a",$M})", R"({$N,$M})", true},
      {R"({"reasoning_effort":"high","reasoning":{"a":[1,{"b":2}]},"model":"a",$M})", R"({$N,$M})",
       true},
      {R"({"model":"a",$M,"reasoning_effort":"high","reasoning":{"a":1},"thinking":{}})",
       R"({$N,$M})", true},
      {R"({"metadata":{"task":"t"},"reasoning_effort":"low","model":"a",$M,"reasoning":null})",
       R"({$N,$M})", true},
      {R"({"reasoning_effort":"low","metadata":{"task":"t"},"model":"a",$M})",
       R"({"reasoning_effort":"low",$N,$M})"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(splice(filled(each.from), each.drop_reasoning, each.usage), filled(each.to))
        << each.from;
  }
}

}  // namespace
}  // namespace wye
