#include "conformance/folded.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace wye::conformance {
namespace {

void add_part(const Part& part, Folded& out) {
  if (const auto* text = std::get_if<Text>(&part.body)) out.text += text->text;
  if (const auto* no = std::get_if<Declined>(&part.body)) out.text += no->text;
  if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
    if (!thought->encrypted) out.reasoning += thought->text;
  }
  if (const auto* call = std::get_if<ToolCall>(&part.body)) {
    out.calls.emplace_back(call->name, call->arguments);
  }
}

// Arguments are JSON, and no arguments are an empty object; broken ones must come as they are.
bool same_arguments(const std::string& a, const std::string& b) {
  const auto value_of = [](const std::string& text) {
    return nlohmann::json::parse(text.empty() ? "{}" : text, nullptr, false);
  };
  const nlohmann::json first = value_of(a);
  const nlohmann::json second = value_of(b);
  if (first.is_discarded() || second.is_discarded()) return a == b;
  return first == second;
}

std::string calls_differ(const Folded& wanted, const Folded& got) {
  if (wanted.calls.size() != got.calls.size()) {
    return fmt::format("{} tool calls became {}", wanted.calls.size(), got.calls.size());
  }
  for (std::size_t i = 0; i < wanted.calls.size(); ++i) {
    if (wanted.calls[i].first != got.calls[i].first) return "name of a tool call";
    if (!same_arguments(wanted.calls[i].second, got.calls[i].second)) {
      return "arguments of a tool call";
    }
  }
  return {};
}

// Some providers say "stop" after a tool call, or nothing, or a word that nobody knows
// ("complete"); what it means is the same.
FinishReason finish_class(const Folded& answer) {
  const bool plain = answer.finish == FinishReason::stop || answer.finish == FinishReason::none ||
                     answer.finish == FinishReason::other;
  if (plain) return answer.calls.empty() ? FinishReason::stop : FinishReason::tool_calls;
  return answer.finish;
}

std::string usage_differs(const Usage& wanted, const Usage& got, const Common& common) {
  if (wanted.input != got.input) return fmt::format("input {} became {}", wanted.input, got.input);
  if (wanted.output != got.output) {
    return fmt::format("output {} became {}", wanted.output, got.output);
  }
  if (wanted.cache_read != got.cache_read) {
    return fmt::format("cache_read {} became {}", wanted.cache_read, got.cache_read);
  }
  if (common.cache_write_tokens && wanted.cache_write != got.cache_write) {
    return fmt::format("cache_write {} became {}", wanted.cache_write, got.cache_write);
  }
  if (common.reasoning_tokens && wanted.reasoning != got.reasoning) {
    return fmt::format("reasoning tokens {} became {}", wanted.reasoning, got.reasoning);
  }
  return {};
}

}  // namespace

bool is_object(const std::string& arguments) {
  return arguments.empty() || nlohmann::json::parse(arguments, nullptr, false).is_object();
}

Folded folded(const Answer& answer) {
  Folded out;
  out.usage = answer.usage;
  if (answer.choices.empty()) return out;
  out.finish = answer.choices.front().finish;
  for (const Part& part : answer.choices.front().parts) add_part(part, out);
  return out;
}

std::string difference(const Folded& wanted, const Folded& got, const Common& common) {
  if (wanted.text != got.text) return "text";
  if (common.reasoning && wanted.reasoning != got.reasoning) return "reasoning";
  if (std::string calls = calls_differ(wanted, got); !calls.empty()) return calls;
  if (finish_class(wanted) != finish_class(got)) {
    return fmt::format("finish {} became {}", to_string(wanted.finish), to_string(got.finish));
  }
  return usage_differs(wanted.usage, got.usage, common);
}

}  // namespace wye::conformance
