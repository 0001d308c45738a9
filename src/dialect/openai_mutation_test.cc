// Tests with broken input: whatever bytes come, readers answer with a value or a fault, and what
// was accepted splices to valid JSON. The mutations are the same in every run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.h"
#include "dialect/dialect.h"

namespace wye {
namespace {

std::string fixture(std::string_view name) {
  std::ifstream in(std::filesystem::path(WYE_SOURCE_DIR) / "tests/fixtures" / name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A few bytes changed, dropped or repeated.
std::string mutated(std::string text, Dice& dice) {
  constexpr std::string_view odd = "{}[],:\"\\0-e.\x00\xff\x80 ntf";
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

TEST(OpenaiMutation, requests) {
  const Dialect& openai = *dialect_of(DialectId::openai);
  const std::string body = fixture("openai_agent_ask.json");
  JsonReader reader;
  Dice dice(11);
  Deployment deployment;
  deployment.model = "m";
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, mutated(body, dice));
    if (!ask) continue;
    ++accepted;
    const ProviderRequest request = openai.splice(*ask, deployment, Provider{}, i % 2 == 0);
    std::string spliced;
    for (const std::string_view piece : request.body) spliced += piece;
    pad(spliced);
    EXPECT_TRUE(reader.read_object(spliced, [](JsonObject&) { return Result<void>(); })) << spliced;
    const auto content = openai.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value());
    EXPECT_TRUE(openai.write_ask(*content, *ask, deployment, Provider{}).has_value());
  }
  EXPECT_GT(accepted, 100);
}

TEST(OpenaiMutation, answers_events_and_errors) {
  const Dialect& openai = *dialect_of(DialectId::openai);
  const std::string answer = fixture("openai_answer.json");
  std::stringstream events(fixture("openai_stream.jsonl"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(events, line);) lines.push_back(line);
  JsonReader reader;
  Dice dice(12);
  const auto stream = openai.open_reader(reader, Provider{});
  for (int i = 0; i < 3000; ++i) {
    std::string body = mutated(answer, dice);
    const auto read = openai.read_answer(reader, Endpoint::chat, body, Provider{});
    if (read) {
      EXPECT_FALSE(openai.write_answer(*read, Ask()).empty());
    }
    Headers headers;
    EXPECT_FALSE(openai.read_fault(reader, 400, headers, body, 0).message.empty());
    const std::string data = mutated(lines[dice.below(lines.size())], dice);
    SseEvent event;
    event.data = data;
    event.type = i % 7 == 0 ? "error" : "";
    std::vector<Delta> deltas;
    stream->read(event, &deltas);
    AnswerFold fold;
    for (const Delta& delta : deltas) fold.add(delta);
  }
}

}  // namespace
}  // namespace wye
