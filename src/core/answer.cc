// Answer: puts a stream's pieces together. Pure.
#include "core/answer.h"

#include <algorithm>

namespace wye {
namespace {

void set_member(Extra& extra, const std::string& name, const std::string& json) {
  for (ExtraMember& member : extra) {
    if (member.name != name) continue;
    member.json = json;
    return;
  }
  extra.push_back({name, json});
}

Part empty_part(std::size_t kind) {
  Part part;
  if (kind == PartBody(Reasoning{}).index()) part.body = Reasoning{};
  if (kind == PartBody(Declined{}).index()) part.body = Declined{};
  return part;
}

template <class... Each>
struct Visitor : Each... {
  using Each::operator()...;
};
template <class... Each>
Visitor(Each...) -> Visitor<Each...>;

constexpr std::string_view logprobs_start = R"({"content":[)";
constexpr std::string_view logprobs_end = "]}";

}  // namespace

Choice& AnswerFold::choice(int index) {
  for (Choice& each : answer_.choices) {
    if (each.index == index) return each;
  }
  answer_.choices.emplace_back().index = index;
  return answer_.choices.back();
}

AnswerFold::Open& AnswerFold::open(int index) {
  for (auto& [each, state] : open_) {
    if (each == index) return state;
  }
  return open_.emplace_back(index, Open{}).second;
}

// The part that is being written if it is of this kind, else a new one.
Part& AnswerFold::part_for(int index, std::size_t kind) {
  Choice& to = choice(index);
  Open& state = open(index);
  if (state.part_ended || to.parts.empty() || to.parts.back().body.index() != kind) {
    to.parts.push_back(empty_part(kind));
    state.part_ended = false;
  }
  return to.parts.back();
}

void AnswerFold::add_tool(int index, const ToolCallDelta& call) {
  Choice& to = choice(index);
  Open& state = open(index);
  const auto tool = static_cast<std::size_t>(std::max(call.tool, 0));
  if (state.tools.size() <= tool) state.tools.resize(tool + 1, std::string::npos);
  state.tools[tool] = to.parts.size();
  Part part;
  part.body = ToolCall{.id = call.id, .name = call.name, .arguments = {}};
  part.extra = call.extra;
  to.parts.push_back(std::move(part));
  state.part_ended = true;
}

void AnswerFold::add_arguments(int index, const ArgumentsDelta& arguments) {
  const Open& state = open(index);
  const auto tool = static_cast<std::size_t>(std::max(arguments.tool, 0));
  if (tool >= state.tools.size() || state.tools[tool] == std::string::npos) {
    add_tool(index, {.tool = arguments.tool, .id = {}, .name = {}, .extra = {}});
  }
  Part& part = choice(index).parts[open(index).tools[tool]];
  std::get<ToolCall>(part.body).arguments += arguments.json;
}

void AnswerFold::add_signature(int index, const SignatureDelta& signature) {
  Choice& to = choice(index);
  if (signature.encrypted || to.parts.empty()) {
    Part part;
    part.body = Reasoning{.text = {}, .summary = false, .encrypted = signature.encrypted};
    to.parts.push_back(std::move(part));
    open(index).part_ended = true;
  }
  Signature& out = to.parts.back().signature;
  out.data += signature.signature.data;
  out.maker = signature.signature.maker;
}

void AnswerFold::add_logprobs(int index, const LogprobsDelta& logprobs) {
  std::string& all = choice(index).logprobs;
  if (all.empty()) {
    all = std::string(logprobs_start) + logprobs.json + std::string(logprobs_end);
    return;
  }
  if (logprobs.json.empty()) return;
  all.resize(all.size() - logprobs_end.size());
  if (all.back() != '[') all += ',';
  all.append(logprobs.json).append(logprobs_end);
}

void AnswerFold::add_extra(int index, const ExtraDelta& extra) {
  switch (extra.at) {
    case ExtraDelta::At::answer: return set_member(answer_.extra, extra.name, extra.json);
    case ExtraDelta::At::choice: return set_member(choice(index).extra, extra.name, extra.json);
    case ExtraDelta::At::message:
      return set_member(choice(index).message_extra, extra.name, extra.json);
  }
}

void AnswerFold::add(const Delta& delta) {
  const int at = delta.choice;
  std::visit(Visitor{
                 [&](const StartDelta& each) {
                   answer_.id = each.id;
                   answer_.model = each.model;
                   answer_.created = each.created;
                 },
                 [&](const TextDelta& each) {
                   std::get<Text>(part_for(at, PartBody(Text{}).index()).body).text += each.text;
                 },
                 [&](const ReasoningDelta& each) {
                   Part& part = part_for(at, PartBody(Reasoning{}).index());
                   std::get<Reasoning>(part.body).text += each.text;
                   part.form = each.form;
                 },
                 [&](const SignatureDelta& each) { add_signature(at, each); },
                 [&](const ToolCallDelta& each) { add_tool(at, each); },
                 [&](const ArgumentsDelta& each) { add_arguments(at, each); },
                 [&](const RefusalDelta& each) {
                   std::get<Declined>(part_for(at, PartBody(Declined{}).index()).body).text +=
                       each.text;
                 },
                 [&](const PartEndDelta&) { open(at).part_ended = true; },
                 [&](const LogprobsDelta& each) { add_logprobs(at, each); },
                 [&](const FinishDelta& each) {
                   Choice& to = choice(at);
                   to.finish = each.reason;
                   to.finish_text = each.text;
                   to.stop_sequence = each.stop_sequence;
                 },
                 [&](const UsageDelta& each) {
                   answer_.usage = each.usage;
                   answer_.usage_raw = each.raw;
                 },
                 [&](const ExtraDelta& each) { add_extra(at, each); },
             },
             delta.body);
}

std::string text_of(const std::vector<Part>& parts) {
  std::string out;
  for (const Part& part : parts) {
    if (const Text* text = std::get_if<Text>(&part.body)) out += text->text;
  }
  return out;
}

}  // namespace wye
