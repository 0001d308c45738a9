// Anthropic answer: the facts of an answer that is passed on as it came. Pure.
#include "dialect/anthropic.h"
#include "dialect/anthropic_said.h"
#include "dialect/anthropic_usage.h"
#include "dialect/json_walk.h"
#include "dialect/provider_fault.h"

namespace wye::anthropic {
namespace {

class FactsReader {
 public:
  explicit FactsReader(Endpoint endpoint) : counting_(endpoint == Endpoint::count_tokens) {}

  void read(walk::Member& member) {
    JsonValue& value = member.value;
    if (member.key == "error") {
      fault = read_inner_fault(value);
    } else if (counting_) {
      read_count(member);
    } else if (member.key == "content") {
      read_content(value);
    } else if (member.key == "model") {
      if (const auto model = walk::string_if(value)) facts.model = *model;
    } else if (member.key == "stop_reason") {
      const auto word = walk::string_if(value);
      if (word && !word->empty()) facts.finish = finish_reason_from(*word);
    } else if (member.key == "usage") {
      UsageCounts counts;
      counts.add(value);
      facts.usage = counts.usage();
    }
  }

  void settle() { facts.finish = calls_.settle(facts.finish); }

  AnswerFacts facts;
  bool answered = false;
  std::optional<Fault> fault;

 private:
  void read_count(walk::Member& member) {
    if (member.key != "input_tokens") return;
    const auto count = walk::integer_if(member.value);
    if (!count) return;
    answered = true;
    facts.has_content = true;
    facts.finish = FinishReason::stop;
    facts.usage.input = *count;
    facts.usage.source = UsageSource::provider;
  }

  void read_content(JsonValue& value) {
    answered = walk::is_array(value);
    walk::elements_if(value, [&](JsonValue& block) { read_block(block); });
  }

  // Any block but an empty text is something said, even if only Anthropic's clients know what.
  void read_block(JsonValue& block) {
    bool call = false, text = false;
    std::int64_t bytes = 0;
    std::string_view name;
    walk::members_if(block, [&](walk::Member& member) {
      JsonValue& value = member.value;
      if (member.key == "type") {
        const std::string_view type = walk::token(value);
        call = type == "\"tool_use\"";
        text = type == "\"text\"";
      } else if (member.key == "text" || member.key == "thinking") {
        bytes += text_bytes(value);
      } else if (member.key == "name") {
        name = walk::string_if(value).value_or("");
      } else if (member.key == "input") {
        bytes += static_cast<std::int64_t>(walk::raw(value).size());
      }
    });
    if (call) calls_.add(name);
    facts.has_content = facts.has_content || !text || bytes > 0;
    facts.output_bytes += bytes;
  }

  bool counting_;
  CallCount calls_;
};

}  // namespace

Result<AnswerFacts> read_answer_facts(JsonReader& reader, Endpoint endpoint, std::string& body,
                                      const Provider&) {
  pad(body);
  FactsReader parts(endpoint);
  const auto read = reader.read_object(body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      parts.read(member);
      return {};
    });
  });
  if (!read) {
    return fail(no_answer("The provider's answer is no JSON object: " + read.error().message));
  }
  if (parts.fault) return fail(std::move(*parts.fault));
  parts.settle();
  if (parts.answered) return std::move(parts.facts);
  return fail(no_answer(endpoint == Endpoint::count_tokens
                            ? "The provider's answer has no input_tokens."
                            : "The provider's answer has no content."));
}

}  // namespace wye::anthropic
