// Gemini answer: the facts of an answer that is passed on as it came. Pure.
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/gemini.h"
#include "dialect/gemini_candidate.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_usage.h"
#include "dialect/provider_fault.h"

namespace wye::gemini {
namespace {

class FactsReader {
 public:
  explicit FactsReader(Endpoint endpoint) : endpoint_(endpoint) {}

  void read(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (is_field(key, "usageMetadata")) {
      take_usage(read_usage(value));
    } else if (is_field(key, "modelVersion")) {
      if (const auto model = walk::string_if(value)) facts.model = *model;
    } else if (is_field(key, "promptFeedback")) {
      blocked_ = read_block(value);
    } else if (key == "error" && !walk::is_null(value)) {
      error_ = fault_of(200, read_error_value(value));
    } else if (endpoint_ == Endpoint::count_tokens) {
      if (is_field(key, "totalTokens")) take_total(value);
    } else if (endpoint_ == Endpoint::embeddings) {
      read_embeddings(key, value);
    } else if (key == "candidates") {
      walk::elements_if(value, [&](JsonValue& each) { read_candidate(each); });
    }
  }

  Result<void> judge() const {
    if (error_) return fail(*error_);
    if (answered_ && broken_.empty()) return {};
    if (blocked_ && !facts.has_content) return fail(*blocked_);
    if (!broken_.empty() && !facts.has_content) return fail(broken_candidate(broken_));
    if (answered_) return {};
    if (endpoint_ == Endpoint::embeddings) {
      return fail(no_answer("The provider's answer has no embeddings."));
    }
    return fail(no_answer(endpoint_ == Endpoint::count_tokens
                              ? "The provider's answer has no count."
                              : "The provider's answer has no candidates."));
  }

  AnswerFacts facts;

 private:
  void take_usage(const Usage& usage) {
    if (usage.source != UsageSource::none) facts.usage = usage;
  }

  void take_total(JsonValue& value) {
    const auto total = integer_of(value);
    if (!total) return;
    answered_ = true;
    facts.has_content = true;
    facts.finish = FinishReason::stop;
    facts.usage.input = *total;
    facts.usage.source = UsageSource::provider;
  }

  void read_candidate(JsonValue& value) {
    answered_ = true;
    int index = 0;
    const Said said = read_candidate_facts(value, false, index);
    facts.has_content = facts.has_content || said.content;
    facts.output_bytes += said.bytes;
    if (facts.finish == FinishReason::none) facts.finish = said.finish;
    if (said.finish == FinishReason::error) broken_ = said.finish_text;
  }

  void read_embeddings(std::string_view key, JsonValue& value) {
    const bool found = (key == "embedding" && walk::is_object(value)) ||
                       ((key == "embeddings" || key == "predictions") && has_elements(value));
    if (!found) return;
    answered_ = true;
    facts.has_content = true;
    facts.finish = FinishReason::stop;
    if (key == "predictions") count_predictions(value);
  }

  static bool has_elements(JsonValue& value) {
    const std::string_view text = walk::raw(value);
    return text.front() == '[' && text.find_first_not_of(" \t\r\n", 1) != text.size() - 1;
  }

  // {"embeddings": {"statistics": {"token_count": 3}}}
  void count_predictions(JsonValue& value) {
    walk::elements_if(value, [&](JsonValue& each) {
      walk::members_if(each, [&](walk::Member& outer) {
        if (outer.key != "embeddings") return;
        walk::members_if(outer.value, [&](walk::Member& member) {
          if (member.key == "statistics") add_statistics(member.value);
        });
      });
    });
  }
  void add_statistics(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) {
      if (!is_field(member.key, "tokenCount")) return;
      facts.usage.input += integer_of(member.value).value_or(0);
      facts.usage.source = UsageSource::provider;
    });
  }

  Endpoint endpoint_;
  bool answered_ = false;
  std::string broken_;  // how a candidate broke off
  std::optional<Fault> blocked_;
  std::optional<Fault> error_;
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
  if (Result<void> done = parts.judge(); !done) return fail(std::move(done.error()));
  return std::move(parts.facts);
}

}  // namespace wye::gemini
