// Gemini candidate. Pure.
#include "dialect/gemini_candidate.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_usage.h"

namespace wye::gemini {
namespace {

// The length of a string's content as it stands in the text; good enough for an estimate.
std::int64_t text_bytes(JsonValue& value) {
  const auto size = static_cast<std::int64_t>(walk::token(value).size());
  return walk::is_string(value) && size > 2 ? size - 2 : 0;
}

void read_part_facts(JsonValue& value, Said& said) {
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (walk::is_null(member.value) || key == "thought" || is_field(key, "thoughtSignature")) {
      return;
    }
    if (key == "text") {
      const std::int64_t bytes = text_bytes(member.value);
      said.bytes += bytes;
      said.content = said.content || bytes > 0;
      return;
    }
    said.content = true;
    if (!is_field(key, "functionCall")) return;
    said.called = true;
    said.bytes += static_cast<std::int64_t>(walk::raw(member.value).size());
  });
}

void read_content_facts(JsonValue& value, Said& said) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key != "parts") return;
    walk::elements_if(member.value, [&](JsonValue& each) { read_part_facts(each, said); });
  });
}

}  // namespace

Said read_candidate_facts(JsonValue& value, bool called_before, int& index) {
  Said said;
  Finish finish;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "content") return read_content_facts(member.value, said);
    if (member.key == "index") {
      index = static_cast<int>(integer_of(member.value).value_or(0));
    } else if (is_field(member.key, "finishReason")) {
      finish = read_finish(member.value, false);
    }
  });
  // The reason may come before the content.
  const bool called = said.called || called_before;
  said.finish =
      finish.reason == FinishReason::stop && called ? FinishReason::tool_calls : finish.reason;
  said.finish_text = std::move(finish.text);
  return said;
}

std::optional<Fault> read_block(JsonValue& prompt_feedback) {
  std::string reason, message;
  walk::members_if(prompt_feedback, [&](walk::Member& member) {
    if (is_field(member.key, "blockReason")) (void)take_text(member, reason);
    if (is_field(member.key, "blockReasonMessage")) (void)take_text(member, message);
  });
  if (reason.empty() || reason == "BLOCK_REASON_UNSPECIFIED") return std::nullopt;
  Fault out = fault(FaultKind::content_filter, fmt::format("The prompt was blocked: {}", reason));
  if (!message.empty()) out.message += ". " + message;
  out.code = to_lower(reason);
  out.provider_status = 200;
  return out;
}

Fault broken_candidate(std::string_view finish_text) {
  Fault out = fault(FaultKind::invalid_output,
                    fmt::format("The model's answer broke off: {}", finish_text));
  out.code = to_lower(finish_text);
  out.provider_status = 200;
  return out;
}

std::string invented_id(std::string_view response_id, std::string_view name, int choice, int tool) {
  return fmt::format("call_{:016x}",
                     hash64(fmt::format("{}/{}/{}/{}", response_id, name, choice, tool)));
}

}  // namespace wye::gemini
