// Signatures of other makers on their way through an OpenAI client, which has no place for them but
// the ids of tool calls.
#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

const Dialect& openai() { return *dialect_of(DialectId::openai); }

Part signed_call() {
  Part part;
  part.body = ToolCall{"call_1", "rain_in", "{}"};
  part.signature = {"Ci.Qx==", "gemini"};
  return part;
}

TEST(OpenaiSignature, WholeAnswersCarryItInTheId) {
  Answer answer;
  answer.origin = DialectId::gemini;
  Choice choice;
  choice.parts.push_back(signed_call());
  answer.choices.push_back(choice);
  EXPECT_NE(openai().write_answer(answer, Ask()).find(R"("id":"call_1.wye1.gemini.Ci.Qx==")"),
            std::string::npos);
}

TEST(OpenaiSignature, StreamsCarryItInTheId) {
  std::string out;
  const auto writer = openai().open_writer(Ask());
  writer->write({0, StartDelta{"x", "m", 1}}, out);
  writer->write({0, ToolCallDelta{0, "call_1", "rain_in", {}}}, out);
  writer->write({0, SignatureDelta{{"Ci", "gemini"}, false}}, out);
  writer->write({0, ArgumentsDelta{0, "{}"}}, out);
  writer->write({0, ToolCallDelta{1, "call_2", "sun_in", {}}}, out);
  writer->finish(out);
  EXPECT_NE(out.find(R"("id":"call_1.wye1.gemini.Ci")"), std::string::npos);
  EXPECT_LT(out.find("call_1"), out.find("arguments\":\"{}"));
  EXPECT_NE(out.find(R"("id":"call_2")"), std::string::npos);
}

TEST(OpenaiSignature, ComesBackWithTheHistoryAndGoesToNoOtherProvider) {
  JsonReader reader;
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"x"},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1.wye1.gemini.Ci",)"
      R"("type":"function","function":{"name":"rain_in","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"call_1.wye1.gemini.Ci","content":"dry"}]})";
  const auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, body);
  ASSERT_TRUE(ask);
  const auto content = openai().read_content(reader, *ask);
  ASSERT_TRUE(content);
  const Part& call = content->messages.at(1).parts.at(0);
  EXPECT_EQ(std::get<ToolCall>(call.body).id, "call_1");
  EXPECT_EQ(call.signature, (Signature{"Ci", "gemini"}));
  EXPECT_EQ(std::get<ToolResult>(content->messages.at(2).parts.at(0).body).call_id, "call_1");

  const auto written = openai().write_ask(*content, *ask, Deployment(), Provider());
  ASSERT_TRUE(written);
  std::string sent;
  for (const std::string_view piece : written->body) sent.append(piece);
  EXPECT_EQ(sent.find("wye1"), std::string::npos);
  EXPECT_NE(sent.find(R"("tool_call_id":"call_1")"), std::string::npos);
}

// Of a text it travels in a member that clients' libraries keep when they send the message back.
TEST(OpenaiSignature, OfATextTravelsBesideIt) {
  Answer answer;
  answer.origin = DialectId::gemini;
  Choice& choice = answer.choices.emplace_back();
  for (const auto& [text, signature] : {std::pair{"Dry, ", ""}, {"and cold.", "Ci.Qx=="}}) {
    Part& part = choice.parts.emplace_back();
    part.body = Text{text};
    if (*signature != '\0') part.signature = {signature, "gemini"};
  }
  const std::string carried =
      R"("reasoning_details":[{"type":"reasoning.encrypted","data":"wye1.gemini.Ci.Qx==",)"
      R"("format":"wye.text"}])";
  const std::string whole = openai().write_answer(answer, Ask());
  EXPECT_NE(whole.find(carried), std::string::npos) << whole;

  std::string stream;
  const auto writer = openai().open_writer(Ask());
  writer->write({0, TextDelta{"Dry, and cold."}}, stream);
  writer->write({0, SignatureDelta{{"Ci.Qx==", "gemini"}, false}}, stream);
  writer->finish(stream);
  EXPECT_NE(stream.find(carried), std::string::npos) << stream;

  JsonReader reader;
  const std::string body =
      R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant",)"
      R"("content":"Dry, and cold.",)" +
      carried + R"(},{"role":"user","content":"y"}]})";
  const auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, body);
  ASSERT_TRUE(ask);
  const auto content = openai().read_content(reader, *ask);
  ASSERT_TRUE(content);
  ASSERT_EQ(content->messages.at(1).parts.size(), 1u);
  EXPECT_EQ(content->messages.at(1).parts.at(0).signature, (Signature{"Ci.Qx==", "gemini"}));
  const auto sent = [&](DialectId to) {
    std::string out;
    const auto written = dialect_of(to)->write_ask(*content, *ask, Deployment(), Provider());
    if (!written) return written.error().message;
    for (const std::string_view piece : written->body) out.append(piece);
    return out;
  };
  EXPECT_NE(sent(DialectId::gemini).find(R"("thoughtSignature":"Ci.Qx==")"), std::string::npos);
  for (const DialectId other : {DialectId::openai, DialectId::anthropic, DialectId::cohere}) {
    EXPECT_EQ(sent(other).find("Ci.Qx"), std::string::npos) << to_string(other);
    EXPECT_EQ(sent(other).find("reasoning_details"), std::string::npos) << to_string(other);
  }
}

}  // namespace
}  // namespace wye
