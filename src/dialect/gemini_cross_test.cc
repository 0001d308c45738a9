// Tests of Gemini against OpenAI: what one wrote must reach the clients of the other, and a request
// must ask Gemini for what its OpenAI form asks for. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include <set>

#include "base/test_measured.h"
#include "dialect/test_gemini.h"
#include "dialect/test_gemini_spelling.h"

namespace wye {
namespace {

using test::Spelled;
using test::Tally;

class GeminiCross : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }

  // Writes deltas as `dialect` would for a client, and gives the stream.
  static std::string stream_of(const Dialect& dialect, const Ask& ask,
                               const std::vector<Delta>& deltas) {
    std::string out;
    auto writer = dialect.open_writer(ask);
    for (const Delta& delta : deltas) writer->write(delta, out);
    writer->finish(out);
    return out;
  }

  // OpenAI's form has no place for signatures, and its word for a model's own error is "stop".
  static void forget_what_openai_cannot_say(Spelled& spelled) {
    for (auto& [index, choice] : spelled.choices) {
      choice.signatures.clear();
      if (choice.finish == "error" || choice.finish == "other" || choice.finish == "none") {
        choice.finish = "stop";
      }
    }
  }

  const Dialect& gemini = test::gemini_dialect;
  const Dialect& openai = *dialect_of(DialectId::openai);
  Provider google = test::gemini_provider();
  Provider other = corpus::provider_of("openai");
  JsonReader reader;
};

TEST_F(GeminiCross, answers_of_gemini_reach_openai_clients) {
  Tally whole, streamed;
  for (const std::string_view name : {"gemini", "vertex"}) {
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.status != 200 || exchange.api != "generateContent") return;
      Ask ask;
      ask.client_wants_usage = true;
      if (exchange.url.find(":streamGenerateContent") != std::string::npos) {
        const auto documents = test::documents_of(exchange.answer);
        const test::StreamReading seen =
            test::read_stream(gemini, reader, google, test::as_events(documents));
        if (seen.fault) return;
        Spelled expected = test::spell(documents);
        forget_what_openai_cannot_say(expected);
        const std::string ours = stream_of(openai, ask, seen.deltas);
        Spelled again = test::spelled_of(test::read_stream(openai, reader, other, ours).answer);
        forget_what_openai_cannot_say(again);
        const std::string cause = test::difference(expected, again);
        streamed.add(cause.empty(), cause, exchange.id);
        return;
      }
      if (exchange.url.find(":generateContent") == std::string::npos) return;
      std::string body = exchange.answer;
      const auto answer = gemini.read_answer(reader, Endpoint::chat, body, google);
      if (!answer) return;
      body = openai.write_answer(*answer, ask);
      const auto again = openai.read_answer(reader, Endpoint::chat, body, other);
      ASSERT_TRUE(again.has_value()) << exchange.id;
      Spelled expected = test::spell({exchange.answer});
      forget_what_openai_cannot_say(expected);
      Spelled carried = test::spelled_of(*again);
      forget_what_openai_cannot_say(carried);
      const std::string cause = test::difference(expected, carried);
      whole.add(cause.empty(), cause, exchange.id);
    });
  }
  whole.print("Gemini's answers through OpenAI's form");
  streamed.print("Gemini's streams through OpenAI's form");
  EXPECT_GE(whole.all, 500);
  EXPECT_GE(streamed.all, 130);
  EXPECT_GE(whole.percent(), 99.5);
  EXPECT_GE(streamed.percent(), 99.5);
}

// Signatures of others are carried in a form of ours; other tests look at them.
Spelled without_signatures(const Answer& answer) {
  Spelled out = test::spelled_of(answer);
  for (auto& [index, choice] : out.choices) choice.signatures.clear();
  return out;
}

// Gemini's words for the ends, and its calls, whose arguments are always an object.
Spelled as_gemini_says(const Answer& answer) {
  Spelled out = without_signatures(answer);
  for (auto& [index, choice] : out.choices) {
    if (choice.finish == "none") choice.finish = "stop";
    if (choice.finish == "error") choice.finish = "other";
    // OpenAI says "stop" of a forced call, which Gemini cannot say, and the other way about.
    if (choice.finish == "stop" && !choice.calls.empty()) choice.finish = "tool_calls";
    if (choice.finish == "tool_calls" && choice.calls.empty()) choice.finish = "stop";
    for (std::string& call : choice.calls) {
      const std::size_t space = call.find(' ');
      if (call[space + 1] == '{') continue;
      std::string text = call.substr(0, space + 1) + R"({"arguments":)";
      append_json_string(text,
                         std::string_view(call).substr(space + (call[space + 1] == '?' ? 2 : 1)));
      call = text + "}";
    }
  }
  return out;
}

TEST_F(GeminiCross, answers_of_openai_reach_gemini_clients) {
  Tally whole, streamed, arrays;
  int stray = 0;
  for (const std::string_view name : corpus::compatible) {
    const Provider provider = corpus::provider_of(name);
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.status != 200 || exchange.api != "chat") return;
      Ask ask;
      if (!exchange.stream) {
        std::string body = exchange.answer;
        const auto answer = openai.read_answer(reader, Endpoint::chat, body, provider);
        if (!answer) return;
        body = gemini.write_answer(*answer, ask);
        const auto again = gemini.read_answer(reader, Endpoint::chat, body, google);
        ASSERT_TRUE(again.has_value()) << exchange.id << again.error().message;
        const std::string cause =
            test::difference(as_gemini_says(*answer), without_signatures(*again));
        whole.add(cause.empty(), cause, exchange.id);
        return;
      }
      const test::StreamReading seen = test::read_stream(openai, reader, provider, exchange.answer);
      if (seen.fault || seen.answer.choices.empty()) {
        ++stray;
        return;
      }
      const Spelled expected = as_gemini_says(seen.answer);
      for (const bool as_array : {false, true}) {
        ask.stream_as_array = as_array;
        std::string ours = stream_of(gemini, ask, seen.deltas);
        if (as_array) {
          simdjson::dom::parser parser;
          corpus::Dom root;
          ASSERT_EQ(parser.parse(ours).get(root), simdjson::SUCCESS) << exchange.id;
          ASSERT_TRUE(root.is_array());
          ours = test::as_events(test::documents_of(ours));
        }
        const test::StreamReading again = test::read_stream(gemini, reader, google, ours);
        const std::string cause = test::difference(expected, without_signatures(again.answer));
        (as_array ? arrays : streamed).add(cause.empty(), cause, exchange.id);
      }
    });
  }
  whole.print("OpenAI's answers through Gemini's form");
  streamed.print("OpenAI's streams through Gemini's form");
  arrays.print("OpenAI's streams through Gemini's arrays");
  std::printf("%d streams without an answer\n", stray);
  EXPECT_GE(whole.all, 1000);
  EXPECT_GE(streamed.all, 550);
  EXPECT_GE(whole.percent(), 99.5);
  EXPECT_GE(streamed.percent(), 99.5);
  EXPECT_GE(arrays.percent(), 99.5);
}

TEST_F(GeminiCross, embeddings_of_openai_reach_gemini_clients) {
  int vectors = 0;
  corpus::for_each_exchange("openai", [&](const corpus::Exchange& exchange) {
    if (exchange.status != 200 || exchange.api != "embeddings") return;
    std::string body = exchange.answer;
    const auto answer = openai.read_answer(reader, Endpoint::embeddings, body, other);
    if (!answer) return;
    Ask ask;
    body = gemini.write_answer(*answer, ask);
    const auto again = gemini.read_answer(reader, Endpoint::embeddings, body, google);
    ASSERT_TRUE(again.has_value()) << exchange.id;
    ASSERT_EQ(again->embeddings.size(), answer->embeddings.size());
    EXPECT_EQ(again->usage.input, answer->usage.input);
    for (std::size_t i = 0; i < again->embeddings.size(); ++i) {
      const Embedding& made = again->embeddings[i];
      ++vectors;
      EXPECT_FALSE(made.values.empty()) << exchange.id;
      if (answer->embeddings[i].values.empty()) continue;
      EXPECT_EQ(made.values, answer->embeddings[i].values);
    }
  });
  std::printf("%d vectors\n", vectors);
  EXPECT_GE(vectors, 20);
}

TEST_F(GeminiCross, requests_of_gemini_reach_openai_providers) {
  Tally tally;
  for (const std::string_view name : {"gemini", "vertex"}) {
    corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
      if (exchange.status != 200 || exchange.api != "generateContent") return;
      if (exchange.request.empty() || exchange.request[0] != '{') return;
      const std::string path = exchange.url.substr(0, exchange.url.find('?'));
      auto ask = gemini.read_ask(reader, {.path = path, .query = ""}, exchange.request);
      ASSERT_TRUE(ask.has_value()) << exchange.id;
      auto content = gemini.read_content(reader, *ask);
      ASSERT_TRUE(content.has_value());
      auto request = openai.write_ask(*content, *ask, test::deployment_of("m"), other);
      if (find_extra(content->extra, "cachedContent") != nullptr) {
        // What was kept at Google cannot be asked about elsewhere.
        EXPECT_EQ(request.error().param, "cachedContent") << exchange.id;
        return;
      }
      ASSERT_TRUE(request.has_value()) << exchange.id;
      auto back = openai.read_ask(reader, {.endpoint = Endpoint::chat}, test::joined(*request));
      if (!back) {
        tally.add(false, back.error().message, exchange.id);
        return;
      }
      auto second = openai.read_content(reader, *back);
      ASSERT_TRUE(second.has_value());
      // Every answer of a tool names a call that was made.
      std::set<std::string> calls;
      std::string cause;
      int made = 0, functions = 0;
      for (const Message& message : second->messages) {
        for (const Part& part : message.parts) {
          if (const auto* call = std::get_if<ToolCall>(&part.body)) {
            ++made;
            calls.insert(call->id);
          }
          const auto* result = std::get_if<ToolResult>(&part.body);
          if (result && !calls.contains(result->call_id)) cause = "answer without a call";
        }
      }
      for (const Tool& tool : content->tools) functions += tool.raw.empty();
      if (calls.size() != static_cast<std::size_t>(made)) cause = "an id twice";
      content->sampling.top_k.reset();  // OpenAI has no such setting
      if (second->sampling != content->sampling) cause = "sampling";
      if (second->output_tokens_max != content->output_tokens_max) cause = "limit";
      if (static_cast<int>(second->tools.size()) < functions) cause = "tools";
      tally.add(cause.empty(), cause, exchange.id);
    });
  }
  tally.print("Gemini's requests as OpenAI's");
  EXPECT_GE(tally.all, 600);
  EXPECT_GE(tally.percent(), 99.0);
}

// Every leaf of a JSON document by its path.
void flatten(const corpus::Dom& value, const std::string& path,
             std::map<std::string, std::string>& out) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (value.get(object) == simdjson::SUCCESS) {
    if (object.size() == 0) out[path] = "{}";
    for (const auto field : object) flatten(field.value, path + "/" + std::string(field.key), out);
  } else if (value.get(array) == simdjson::SUCCESS) {
    int index = 0;
    for (const corpus::Dom each : array) flatten(each, path + "/" + std::to_string(index++), out);
  } else {
    out[path] = simdjson::minify(value);
  }
}
std::map<std::string, std::string> leaves_of(const std::string& json) {
  std::map<std::string, std::string> out;
  simdjson::dom::parser parser;
  corpus::Dom root;
  if (parser.parse(json).get(root) == simdjson::SUCCESS) flatten(root, "", out);
  return out;
}

// Where our translation differs from the captured request, and why it is right to.
std::string reason_for(const std::string& scenario, const std::string& path) {
  // The captured request asks for something that its OpenAI form does not.
  if (path == "/generationConfig/temperature" || path == "/model") return "not in the original";
  if (path == "/generationConfig/maxOutputTokens" && scenario.starts_with("jsonSchema")) {
    return "not in the original";
  }
  // Google's own steps for effort say 8192.
  if (path == "/generationConfig/thinkingConfig/thinkingBudget") return "another budget";
  // The captured schema leaves out what the original says; we do not.
  if (path.find("additionalProperties") != std::string::npos) return "kept";
  if (path == "/generationConfig/responseSchema" ||
      path == "/generationConfig/responseJsonSchema") {
    return "";
  }
  // An answer finds its call by its id, which the captured request does without.
  if (path.ends_with("/functionCall/id") || path.ends_with("/functionResponse/id")) return "ids";
  // Fetched by the capture; Gemini fetches it itself.
  if (scenario == "multimodalRequest" && path.find("/parts/1/") != std::string::npos) {
    return "picture by address";
  }
  // The signature stands in a member that is not OpenAI's.
  if (path.ends_with("/thoughtSignature")) return "signature of a member that is not OpenAI's";
  // The same value under another name that means the same.
  if (path.find("/functionResponse/response/") != std::string::npos) return "name of the output";
  return "";
}

TEST_F(GeminiCross, captured_translations_of_openai_requests) {
  Tally fields;
  std::map<std::string, int> justified;
  int scenarios = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus::folder() / "lingua/open")) {
    const auto slurp = [&](const char* api) {
      std::ifstream in(entry.path() / api / "request.json");
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string original = slurp("chat-completions"), captured = slurp("google");
    if (original.empty() || captured.empty()) continue;
    ++scenarios;
    const std::string scenario = entry.path().filename();
    auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, original);
    ASSERT_TRUE(ask.has_value()) << scenario;
    auto content = openai.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << scenario;
    auto request =
        gemini.write_ask(*content, *ask, test::deployment_of("gemini-2.5-flash"), google);
    ASSERT_TRUE(request.has_value()) << scenario << ": " << request.error().message;
    const auto ours = leaves_of(test::joined(*request)), theirs = leaves_of(captured);
    std::set<std::string> paths;
    for (const auto& [path, value] : ours) paths.insert(path);
    for (const auto& [path, value] : theirs) paths.insert(path);
    for (const std::string& path : paths) {
      const auto a = ours.find(path), b = theirs.find(path);
      const bool equal = a != ours.end() && b != theirs.end() && a->second == b->second;
      const std::string reason = equal ? "" : reason_for(scenario, path);
      if (!reason.empty()) {
        ++justified[reason];
        continue;
      }
      fields.add(equal,
                 path + ": ours " + (a == ours.end() ? "absent" : a->second.substr(0, 60)) +
                     ", captured " + (b == theirs.end() ? "absent" : b->second.substr(0, 60)),
                 scenario);
    }
  }
  std::printf("%d scenarios\n", scenarios);
  fields.print("fields of captured translations");
  int named = 0;
  for (const auto& [reason, count] : justified) {
    named += count;
    std::printf("  %4d  justified: %s\n", count, reason.c_str());
  }
  test::measured("requests as captured, fields", "OpenAI to Gemini", fields.good,
                 fields.all + named, named);
  EXPECT_GE(scenarios, 12);
  EXPECT_GE(fields.percent(), 98.0);
}

}  // namespace
}  // namespace wye
