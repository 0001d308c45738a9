// Tests with broken input: whatever bytes come, Gemini's readers answer with a value or a fault,
// and what was accepted is written as valid JSON. The mutations are the same in every run.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "dialect/test_gemini.h"

namespace wye {
namespace {

constexpr std::string_view request = R"({"systemInstruction":{"parts":[{"text":"be brief"}]},
"contents":[{"role":"user","parts":[{"text":"h\u00e9"},{"inlineData":{"mimeType":"image/png","data":"QQ=="}}]},
{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"d3llMS5hLmI="},
{"functionCall":{"name":"f","args":{"a":[1,2]}},"thoughtSignature":"c2ln"}]},
{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"x"}}}]}],
"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"ARRAY",
"items":{"type":6},"maxItems":"3"}}}}]},{"googleSearch":{}}],"labels":{"task":"t","b":"c"},
"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
"generationConfig":{"temperature":0.5,"maxOutputTokens":"9","thinkingConfig":{"thinkingBudget":7},
"responseMimeType":"application/json","responseSchema":{"type":"STRING","nullable":true}}})";

constexpr std::string_view answer =
    R"({"candidates":[{"content":{"parts":[{"text":"a","thought":true},
{"text":"b","thoughtSignature":"eA=="},{"functionCall":{"name":"f","args":{"x":1}}},{"executableCode":{"code":"1"}}],
"role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[{"category":"X"}],"logprobsResult":
{"chosenCandidates":[{"token":"a","logProbability":-1}],"topCandidates":[{"candidates":[{"token":"a"}]}]}}],
"promptFeedback":{"safetyRatings":[]},"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,
"thoughtsTokenCount":5,"totalTokenCount":12},"modelVersion":"m","responseId":"r"})";

// A few bytes changed, dropped or repeated.
std::string mutated(std::string_view original, Dice& dice) {
  constexpr std::string_view odd = "{}[],:\"\\0-e.\x00\xff\x80 ntf";
  std::string text(original);
  for (std::uint64_t i = 0; i <= dice.below(3) && !text.empty(); ++i) {
    const std::size_t at = dice.below(text.size());
    switch (dice.below(4)) {
      case 0: text[at] = odd[dice.below(odd.size())]; break;
      case 1: text.erase(at, 1 + dice.below(20)); break;
      case 2: text.insert(at, text.substr(dice.below(text.size()), 1 + dice.below(30))); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

bool is_json(JsonReader& reader, std::string text) {
  pad(text);
  return reader.read_object(text, [](JsonObject&) { return Result<void>(); }).has_value();
}

TEST(GeminiMutation, requests) {
  JsonReader reader;
  Dice dice(11);
  const Dialect& openai = *dialect_of(DialectId::openai);
  const Deployment deployment = test::deployment_of("gemini-3-pro");
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto ask = gemini::read_ask(reader, {.path = "/v1/models/m:generateContent", .query = ""},
                                      mutated(request, dice));
    if (!ask) {
      EXPECT_FALSE(ask.error().message.empty());
      continue;
    }
    ++accepted;
    const Provider provider = test::gemini_provider(i % 2 ? Hosting::vertex : Hosting::own);
    EXPECT_TRUE(
        is_json(reader, test::joined(gemini::splice(*ask, deployment, provider, i % 3 == 0))));
    const auto content = gemini::read_content(reader, *ask);
    ASSERT_TRUE(content.has_value());
    const auto own = gemini::write_ask(*content, *ask, deployment, provider);
    if (own) {
      EXPECT_TRUE(is_json(reader, test::joined(*own))) << test::joined(*own);
    }
    const auto other = openai.write_ask(*content, *ask, deployment, Provider{});
    if (other) {
      EXPECT_TRUE(is_json(reader, test::joined(*other))) << test::joined(*other);
    }
  }
  EXPECT_GT(accepted, 100);
}

TEST(GeminiMutation, answers_events_and_errors) {
  JsonReader reader;
  Dice dice(12);
  const Provider provider = test::gemini_provider();
  const auto stream = gemini::open_reader(reader, provider);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string body = mutated(answer, dice);
    const auto read = gemini::read_answer(reader, Endpoint::chat, body, provider);
    if (read) {
      ++accepted;
      EXPECT_TRUE(is_json(reader, gemini::write_answer(*read, Ask())));
    } else {
      EXPECT_FALSE(read.error().message.empty());
    }
    Headers headers;
    EXPECT_FALSE(gemini::read_fault(reader, 400, headers, body, 0).message.empty());
    const std::string data = mutated(answer, dice);
    SseEvent event;
    event.data = data;
    std::vector<Delta> deltas;
    stream->read(event, &deltas);
    AnswerFold fold;
    std::string out;
    const auto writer = gemini::open_writer(Ask());
    for (const Delta& delta : deltas) {
      fold.add(delta);
      writer->write(delta, out);
    }
    writer->finish(out);
    const auto seen = test::read_stream(test::gemini_dialect, reader, provider, out);
    EXPECT_EQ(seen.malformed, 0) << out;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace wye
