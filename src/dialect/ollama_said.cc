// Ollama said. Pure.
#include "dialect/ollama_said.h"

#include <algorithm>

#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/function_tools.h"
#include "dialect/json_walk.h"

namespace wye::ollama {
namespace {

std::size_t text_bytes(std::string_view quoted) {
  return quoted.size() < 2 ? 0 : quoted.size() - 2;
}

void read_calls(JsonValue& value, bool full, Said& said) {
  said.call_bytes = static_cast<std::int64_t>(walk::raw(value).size());
  walk::elements_if(value, [&](JsonValue& each) {
    ++said.call_count;
    if (full) said.calls.push_back(read_function_call(each));
  });
}

void read_message(JsonValue& value, bool full, Said& said) {
  walk::members_if(value, [&](walk::Member& member) {
    const bool text = walk::is_string(member.value);
    if (member.key == "content" && text) said.content = walk::token(member.value);
    if (member.key == "thinking" && text) said.thinking = walk::token(member.value);
    if (member.key == "tool_calls" && walk::is_array(member.value)) {
      read_calls(member.value, full, said);
    }
  });
}

bool read_text(walk::Member& member, std::string_view& out) {
  const auto text = walk::string_if(member.value);
  if (text) out = *text;
  return text.has_value();
}

void read_error(JsonValue& value, Said& said) {
  if (walk::is_null(value)) return;
  ErrorBody body = read_error_value(value);
  if (body.found) said.fault = fault_of(200, std::move(body));
}

void read_member(walk::Member& member, bool full, Said& said) {
  const std::string_view key = member.key;
  if (key == "message") return read_message(member.value, full, said);
  if (key == "model" && read_text(member, said.model)) return;
  if (key == "created_at" && read_text(member, said.created_at)) return;
  if (key == "done_reason" && read_text(member, said.done_reason)) return;
  if (key == "error") return read_error(member.value, said);
  if (key == "done") {
    said.done = walk::token(member.value) == "true";
  } else if (key == "prompt_eval_count") {
    said.input_tokens = walk::integer_if(member.value);
  } else if (key == "eval_count") {
    said.output_tokens = walk::integer_if(member.value);
  } else if (key == "logprobs" && walk::is_array(member.value)) {
    said.logprobs = walk::raw(member.value);
  } else if (full) {
    walk::keep(said.extra, member);
  }
}

}  // namespace

bool Said::has_content() const { return bytes() > 0 || call_count > 0; }

std::int64_t Said::bytes() const {
  return static_cast<std::int64_t>(text_bytes(content) + text_bytes(thinking)) + call_bytes;
}

// A prompt that was in the server's cache is not counted, and then there is no count of it.
Usage Said::usage() const {
  Usage usage;
  if (!input_tokens && !output_tokens) return usage;
  usage.input = std::max<std::int64_t>(input_tokens.value_or(0), 0);
  usage.output = std::max<std::int64_t>(output_tokens.value_or(0), 0);
  usage.source = UsageSource::provider;
  return usage;
}

Said read_said(JsonObject& root, bool full) {
  Said said;
  (void)walk::members(root, [&](walk::Member& member) -> Result<void> {
    read_member(member, full, said);
    return {};
  });
  return said;
}

FinishReason finish_of(std::string_view done_reason, bool called) {
  if (done_reason == "length") return FinishReason::length;
  // Servers of before 2024-05 give no reason.
  if (done_reason != "stop" && !done_reason.empty()) return FinishReason::other;
  return called ? FinishReason::tool_calls : FinishReason::stop;
}

}  // namespace wye::ollama
