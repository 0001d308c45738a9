// Recorded answers of Bedrock against an independent reading: Converse read a second time, by a
// plain walk over the whole document.
#include <gtest/gtest.h>

#include "dialect/test_bedrock_said.h"

namespace wye {
namespace {

using namespace bedrock_corpus;

class BedrockAnswersCorpus : public BedrockCorpus {};

Said expected_answer(const Dom& root) {
  Said out;
  simdjson::dom::array content;
  if (root.at_pointer("/output/message/content").get(content) == simdjson::SUCCESS) {
    for (const Dom block : content) {
      out.text += text_at(block, "/text");
      out.thoughts += text_at(block, "/reasoningContent/reasoningText/text");
      simdjson::dom::array cited;
      if (block.at_pointer("/citationsContent/content").get(cited) == simdjson::SUCCESS) {
        for (const Dom each : cited) out.text += text_at(each, "/text");
      }
      if (has(block, "/toolUse") && text_at(block, "/toolUse/type") != "server_tool_use") {
        out.calls.push_back(text_at(block, "/toolUse/toolUseId") + " " +
                            text_at(block, "/toolUse/name") + " " +
                            simdjson::minify(block.at_pointer("/toolUse/input").value_unsafe()));
      }
    }
  }
  out.finish = finish_of(text_at(root, "/stopReason"));
  expect_usage(root["usage"].value_unsafe(), out);
  return out;
}

TEST_F(BedrockAnswersCorpus, answers_say_what_was_recorded) {
  Tally tally, facts_agree, crossed;
  simdjson::dom::parser parser;
  for_each_recording([&](const Recording& recording) {
    if (recording.api != "converse" || recording.stream || recording.status != 200) return;
    std::string body = recording.answer;
    const auto facts = bedrock::read_answer_facts(reader, Endpoint::chat, body, {});
    const auto answer = bedrock::read_answer(reader, Endpoint::chat, body, {});
    if (!facts || !answer) return tally.add("fault", recording.id);
    Dom root;
    ASSERT_EQ(parser.parse(recording.answer).get(root), simdjson::SUCCESS);
    const Said expected = expected_answer(root), said = said_by(*answer);
    tally.add(difference(expected, said, true), recording.id);
    const bool any = !said.text.empty() || !said.thoughts.empty() || !said.calls.empty();
    facts_agree.add(facts->usage != said.usage     ? "usage"
                    : facts->finish != said.finish ? "finish"
                    : any && !facts->has_content   ? "content"
                                                   : "",
                    recording.id);
    Ask ask;
    std::string written = openai.write_answer(*answer, ask);
    const auto again = openai.read_answer(reader, Endpoint::chat, written, {});
    crossed.add(again ? difference(said, said_by(*again), true) : "fault", recording.id);
  });
  tally.print("answers against the recording");
  facts_agree.print("facts against the full reading");
  crossed.print("answers to an OpenAI client and back");
  EXPECT_GE(tally.percent(), 99.9);
  EXPECT_GE(facts_agree.percent(), 99.9);
  EXPECT_GE(crossed.percent(), 99.5);
}

}  // namespace
}  // namespace wye
