#include "gateway/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/json_schema.h"

namespace wye {
namespace {

constexpr FaultKind judged_kinds[] = {FaultKind::invalid_output, FaultKind::refusal,
                                      FaultKind::content_filter};

bool is_listed(const Task& task, FaultKind kind) {
  return std::any_of(task.fallbacks.begin(), task.fallbacks.end(),
                     [&](const Fallback& one) { return one.after.has(kind); });
}

template <class Body>
bool has_part(const Choice& choice) {
  return std::any_of(choice.parts.begin(), choice.parts.end(),
                     [](const Part& part) { return std::holds_alternative<Body>(part.body); });
}

std::optional<Fault> invalid(std::string why) {
  return fault(FaultKind::invalid_output, std::move(why));
}

std::optional<Fault> judge_calls(const Choice& choice) {
  for (const Part& part : choice.parts) {
    const auto* call = std::get_if<ToolCall>(&part.body);
    if (call == nullptr || call->arguments.empty() || check_json(call->arguments)) continue;
    return invalid(fmt::format("the arguments of its call of {} are not JSON", call->name));
  }
  return std::nullopt;
}

std::optional<Fault> judge_text(const OutputRules& rules, const Choice& choice) {
  if (choice.finish == FinishReason::length) {
    return invalid("the answer was cut at its limit of tokens");
  }
  const std::string text = text_of(choice.parts);
  const Result<void> good = rules.schema ? rules.schema->check(text) : check_json(text);
  if (good) return std::nullopt;
  return invalid(good.error().message);
}

std::optional<Fault> judge_choice(const Task& task, const Choice& choice) {
  if (is_listed(task, FaultKind::content_filter) && choice.finish == FinishReason::content_filter) {
    return fault(FaultKind::content_filter, "the provider filtered the answer");
  }
  const bool declined = has_part<Declined>(choice) || choice.finish == FinishReason::content_filter;
  if (is_listed(task, FaultKind::refusal) && declined) {
    return fault(FaultKind::refusal, "the model declined to answer");
  }
  const bool calls = has_part<ToolCall>(choice);
  if (task.output.json && !calls) return judge_text(task.output, choice);
  if (!task.output.json && !is_listed(task, FaultKind::invalid_output)) return std::nullopt;
  if (calls) return judge_calls(choice);
  if (text_of(choice.parts).empty() && !has_part<Declined>(choice)) {
    return invalid("the answer is empty");
  }
  return std::nullopt;
}

}  // namespace

bool is_judged(const Task* task) {
  if (task == nullptr) return false;
  return task->output.json || std::any_of(std::begin(judged_kinds), std::end(judged_kinds),
                                          [&](FaultKind kind) { return is_listed(*task, kind); });
}

std::optional<Fault> judge(const Task& task, const Answer& answer) {
  if (answer.endpoint != Endpoint::chat && answer.endpoint != Endpoint::responses) return {};
  if (answer.choices.empty() && task.output.json) return invalid("the answer is empty");
  for (const Choice& choice : answer.choices) {
    if (auto found = judge_choice(task, choice)) return found;
  }
  return std::nullopt;
}

}  // namespace wye
