// Gemini deltas. Pure but for the little state of its stream.
#include "dialect/gemini_deltas.h"

#include <algorithm>

#include "dialect/gemini_candidate.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_logprobs.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_usage.h"

namespace wye::gemini {

// One candidate of one chunk. Its members are read as they come; the index, which may be the last
// of them, is set on all deltas at the end, and the reason for the end is moved behind the content.
class DeltaReader::CandidateReader {
 public:
  CandidateReader(DeltaReader& stream, std::vector<Delta>& deltas)
      : stream_(stream), out_(deltas) {}

  void read(JsonValue& value) {
    int index = 0;
    Finish finish;
    std::vector<Part> parts;
    std::vector<Delta> others;
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "index") {
        index = static_cast<int>(integer_of(member.value).value_or(0));
      } else if (member.key == "content") {
        walk::members_if(member.value, [&](walk::Member& each) {
          if (each.key == "parts") read_parts(each.value, parts);
        });
      } else if (is_field(member.key, "finishReason")) {
        finish = read_finish(member.value, false);
      } else if (!walk::is_null(member.value)) {
        read_other(member, others);
      }
    });
    candidate_ = &stream_.candidate(index);
    for (Part& part : parts) add_part(std::move(part));
    for (Delta& delta : others) {
      delta.choice = index;
      out_.push_back(std::move(delta));
    }
    add_finish(finish);
  }

 private:
  template <class Body>
  void add(Body body) {
    out_.push_back({candidate_->index, std::move(body)});
  }

  static void read_parts(JsonValue& value, std::vector<Part>& parts) {
    walk::elements_if(value,
                      [&](JsonValue& each) { parts.push_back(read_part(each, From::provider)); });
  }

  static void read_other(walk::Member& member, std::vector<Delta>& others) {
    const bool logprobs = is_field(member.key, "logprobsResult");
    if (!logprobs) {
      others.push_back({0, ExtraDelta{ExtraDelta::At::choice, std::string(member.key),
                                      std::string(walk::raw(member.value))}});
      return;
    }
    std::string elements = logprob_elements(member.value);
    if (!elements.empty()) others.push_back({0, LogprobsDelta{std::move(elements)}});
  }

  // A part with a signature stands alone: Google wants it back as it was, not joined to others.
  void add_part(Part part) {
    const bool is_signed = !part.signature.empty();
    if (is_signed) add(PartEndDelta{});
    if (auto* text = std::get_if<Text>(&part.body)) {
      if (is_signed || !text->text.empty()) add(TextDelta{std::move(text->text)});
    } else if (auto* thought = std::get_if<Reasoning>(&part.body)) {
      add(ReasoningDelta{std::move(thought->text), std::move(part.form)});
    } else if (auto* call = std::get_if<ToolCall>(&part.body)) {
      add_call(std::move(*call), std::exchange(part.signature, {}));
    } else {
      return add_unknown(part);
    }
    if (!is_signed) return;
    if (!part.signature.empty()) add(SignatureDelta{std::move(part.signature), false});
    add(PartEndDelta{});
  }

  // The signature comes before the arguments: some clients carry it in the call's id.
  void add_call(ToolCall call, Signature signature) {
    const int tool = candidate_->calls++;
    add(ToolCallDelta{tool, std::move(call.id), std::move(call.name), {}});
    if (!signature.empty()) add(SignatureDelta{std::move(signature), false});
    add(ArgumentsDelta{tool, std::move(call.arguments)});
  }

  // Pictures and code that was run have no delta; Gemini's own clients may still have them.
  void add_unknown(const Part& part) {
    std::string json;
    std::string name = "inlineData";
    if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
      name = unknown->type;
      json = unknown->json;
    } else if (const Media* media = media_of(part)) {
      JsonWriter writer(json);
      writer.begin_object();
      write_media(writer, *media, part.extra);
      writer.end_object();
    }
    if (!json.empty()) add(ExtraDelta{ExtraDelta::At::message, std::move(name), std::move(json)});
  }

  void add_finish(Finish& finish) {
    if (finish.text.empty() || finish.reason == FinishReason::none) return;
    const bool called = finish.reason == FinishReason::stop && candidate_->calls > 0;
    add(FinishDelta{called ? FinishReason::tool_calls : finish.reason, std::move(finish.text), {}});
  }

  DeltaReader& stream_;
  std::vector<Delta>& out_;
  Candidate* candidate_ = nullptr;
};

DeltaReader::Candidate& DeltaReader::candidate(int index) {
  for (Candidate& each : candidates_) {
    if (each.index == index) return each;
  }
  return candidates_.emplace_back(Candidate{index, 0});
}

void DeltaReader::read(JsonObject& chunk, std::vector<Delta>& deltas) {
  StartDelta start;
  std::vector<Delta> pieces;
  std::optional<UsageDelta> usage;
  (void)walk::members(chunk, [&](walk::Member& member) -> Result<void> {
    const std::string_view key = member.key;
    if (is_field(key, "responseId")) {
      (void)take_text(member, start.id);
      if (response_id_.empty()) response_id_ = start.id;
    } else if (is_field(key, "modelVersion")) {
      (void)take_text(member, start.model);
    } else if (key == "candidates") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { CandidateReader(*this, pieces).read(each); });
    } else if (is_field(key, "usageMetadata")) {
      std::string raw(walk::raw(member.value));
      usage = UsageDelta{read_usage(member.value), std::move(raw)};
    } else if (!walk::is_null(member.value)) {
      pieces.push_back({0, ExtraDelta{ExtraDelta::At::answer, std::string(key),
                                      std::string(walk::raw(member.value))}});
    }
    return {};
  });
  // The answer's id, of which those of calls are made, may come after them.
  for (Delta& piece : pieces) {
    auto* call = std::get_if<ToolCallDelta>(&piece.body);
    if (call == nullptr || !call->id.empty()) continue;
    call->id = invented_id(response_id_, call->name, piece.choice, call->tool);
  }
  if (!started_ && !(start.id.empty() && start.model.empty())) {
    started_ = true;
    deltas.push_back({0, std::move(start)});
  }
  std::move(pieces.begin(), pieces.end(), std::back_inserter(deltas));
  if (usage && usage->usage.source != UsageSource::none) deltas.push_back({0, std::move(*usage)});
}

}  // namespace wye::gemini
