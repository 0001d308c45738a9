// Sim chat: decides between text, JSON and tool calls, and goes on with an answer that was begun.
// See sim_chat.h.
#include "lab/sim_chat.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "lab/sim_dom.h"
#include "lab/sim_schema.h"
#include "lab/sim_script.h"

namespace wye {
namespace {

using Topics = std::vector<std::string_view>;

constexpr std::size_t topics_max = 8;

// "get_weather" is mentioned by "get_weather", "Get weather" and "get-weather".
bool mentions(std::string_view text, std::string_view name) {
  const auto plain = [](std::string_view from) {
    std::string lower = to_lower(from);
    std::replace_if(
        lower.begin(), lower.end(), [](char c) { return c == '_' || c == '-'; }, ' ');
    return lower;
  };
  return !name.empty() && plain(text).find(plain(name)) != std::string::npos;
}

// The tools to call, and whether one was forced by name.
struct Wanted {
  std::vector<const Tool*> tools;
  bool forced = false;
};

std::vector<const Tool*> functions_of(const Content& content) {
  std::vector<const Tool*> functions;
  for (const Tool& tool : content.tools)
    if (tool.raw.empty() && !tool.name.empty()) functions.push_back(&tool);
  return functions;
}

Wanted named_tools(const std::vector<const Tool*>& functions,
                   const std::vector<std::string>& names) {
  Wanted wanted;
  for (const Tool* tool : functions)
    if (std::find(names.begin(), names.end(), tool->name) != names.end())
      wanted.tools.push_back(tool);
  wanted.forced = !wanted.tools.empty();
  return wanted;
}

// Those whose call the user dictates; when there are none, those that the user mentions.
std::vector<const Tool*> asked_for(const std::vector<const Tool*>& functions,
                                   const SimPrompt& prompt, bool only_dictated) {
  std::vector<const Tool*> dictated, mentioned;
  for (const Tool* tool : functions) {
    if (!scripted_arguments(prompt.user_text, tool->name).empty()) dictated.push_back(tool);
    if (mentions(prompt.user_text, tool->name)) mentioned.push_back(tool);
  }
  return only_dictated || !dictated.empty() ? dictated : mentioned;
}

Wanted wanted_tools(const Content& content, const SimPrompt& prompt, const SimModel& model,
                    bool call_a_tool) {
  using Mode = ToolChoice::Mode;
  const ToolChoice& choice = content.tool_choice;
  const auto functions = functions_of(content);
  Wanted wanted;
  if (functions.empty() || choice.mode == Mode::none) return wanted;
  if (choice.mode == Mode::named) return named_tools(functions, choice.names);
  const bool required = choice.mode == Mode::required || call_a_tool;
  // After a tool's result the model answers in words, or it would call for ever.
  if (!prompt.after_tool || required)
    wanted.tools = asked_for(functions, prompt, model.calls_when_told);
  if (wanted.tools.empty() && required) wanted.tools.push_back(functions.front());
  if (!choice.parallel.value_or(true) && wanted.tools.size() > 1) wanted.tools.resize(1);
  return wanted;
}

// Appends a value of `schema`; false when that is no JSON.
bool append_instance_of(std::string& out, const std::string& schema, const Topics& topics,
                        Dice& dice) {
  simdjson::dom::parser parser;
  dom::Element root;
  if (schema.empty() || parser.parse(schema).get(root) != simdjson::SUCCESS) return false;
  append_instance(out, root, topics, dice);
  return true;
}

void make_calls(SimChoice& choice, const Wanted& wanted, const SimPrompt& prompt,
                const Topics& topics, Dice& dice) {
  for (const Tool* tool : wanted.tools) {
    std::string arguments = scripted_arguments(prompt.user_text, tool->name);
    if (arguments.empty() && !append_instance_of(arguments, tool->parameters, topics, dice))
      arguments = "{}";
    choice.calls.push_back(
        {.id = fmt::format("call_{:016x}{:08x}", dice.next(), dice.below(1ULL << 32)),
         .name = tool->name,
         .arguments = cut_into_tokens(std::move(arguments))});
  }
  // So does OpenAI.
  choice.finish = wanted.forced ? FinishReason::stop : FinishReason::tool_calls;
}

std::string answer_text(const Content& content, const SimModel& model, const Topics& topics,
                        Dice& dice) {
  using Kind = OutputFormat::Kind;
  std::string json;
  if (content.output.kind == Kind::json_schema) {
    (void)append_instance_of(json, content.output.schema, topics, dice);
  } else if (content.output.kind == Kind::json_object) {
    json = fmt::format(R"({{"answer":"{}","confidence":0.{}}})", phrase(topics, 3, dice),
                       1 + dice.below(9));
  }
  if (!json.empty()) return json;
  const int spread = model.words_max - model.words_min + 1;
  const auto more = static_cast<int>(dice.below(static_cast<std::uint64_t>(spread)));
  return sentences(topics, model.words_min + more, dice);
}

// The same text as without a beginning, from where the beginning ends. A beginning that is not its
// own is believed, and gone on with in other words.
SimText continued(const std::string& text, const std::string& prefill, const SimModel& model,
                  const Topics& topics, Dice& dice) {
  if (text.starts_with(prefill)) return cut_into_tokens(text.substr(prefill.size()));
  return cut_into_tokens(' ' + sentences(topics, model.words_min, dice));
}

// Cuts what goes beyond `tokens_max`; the last call's arguments may become broken JSON, as with a
// real model.
void limit_tokens(SimChoice& choice, std::int64_t tokens_max) {
  if (tokens_max < 0 || choice.tokens() <= tokens_max) return;
  choice.finish = FinishReason::length;
  auto left = static_cast<std::size_t>(tokens_max);
  choice.content.truncate(left);
  for (SimToolCall& call : choice.calls) {
    call.arguments.truncate(left);
    left -= call.arguments.tokens();
  }
}

}  // namespace

std::int64_t SimChoice::tokens() const {
  std::size_t tokens = content.tokens();
  for (const SimToolCall& call : calls) tokens += call.arguments.tokens();
  return static_cast<std::int64_t>(tokens);
}

std::int64_t SimChat::completion_tokens() const {
  std::int64_t tokens = 0;
  for (const SimChoice& choice : choices) tokens += choice.tokens();
  return tokens;
}

Usage SimChat::usage() const {
  Usage usage;
  usage.input = prompt_tokens;
  usage.output = completion_tokens();
  usage.source = UsageSource::provider;
  return usage;
}

SimChat answer_chat(const Content& content, const SimPrompt& prompt, const SimModel& model,
                    std::uint64_t seed, bool call_a_tool) {
  const Wanted wanted = wanted_tools(content, prompt, model, call_a_tool);
  const Topics topics = topics_of(prompt.user_text, topics_max);
  const std::int64_t tokens_max = content.output_tokens_max.value_or(-1);

  SimChat chat;
  chat.model = content.model;
  chat.logprobs = content.logprobs.value_or(false);
  chat.top_logprobs =
      static_cast<int>(std::clamp<std::int64_t>(content.top_logprobs.value_or(0), 0, 20));
  chat.prompt_tokens = prompt.tokens;
  chat.tokens_asked_max = prompt.tokens + std::max<std::int64_t>(tokens_max, 16);
  const std::uint64_t root = mix64(prompt.hash ^ mix64(seed)) +
                             static_cast<std::uint64_t>(content.sampling.seed.value_or(0));
  const std::int64_t count = std::max<std::int64_t>(content.choices.value_or(1), 1);
  for (std::int64_t i = 0; i < count; ++i) {
    Dice dice(mix64(root + static_cast<std::uint64_t>(i)));
    SimChoice& choice = chat.choices.emplace_back();
    if (!wanted.tools.empty()) {
      make_calls(choice, wanted, prompt, topics, dice);
    } else {
      choice.content =
          continued(answer_text(content, model, topics, dice), prompt.prefill, model, topics, dice);
      choice.stop_sequence = choice.content.stop_at(content.stop);
    }
    limit_tokens(choice, tokens_max);
  }
  return chat;
}

std::vector<SimStep> steps_of(const SimChat& chat) {
  using What = SimStep::What;
  std::vector<SimStep> steps;
  for (std::size_t index = 0; index < chat.choices.size(); ++index) {
    const SimChoice& choice = chat.choices[index];
    const auto i = static_cast<std::uint16_t>(index);
    steps.push_back({What::role, i, 0, 0});
    for (std::uint32_t piece = 0; piece < choice.content.tokens(); ++piece)
      steps.push_back({What::content, i, 0, piece});
    for (std::size_t at = 0; at < choice.calls.size(); ++at) {
      const auto call = static_cast<std::uint16_t>(at);
      steps.push_back({What::call, i, call, 0});
      for (std::uint32_t piece = 0; piece < choice.calls[at].arguments.tokens(); ++piece)
        steps.push_back({What::arguments, i, call, piece});
    }
    steps.push_back({What::finish, i, 0, 0});
  }
  if (chat.choices.size() == 1) return steps;
  // Several choices come interleaved: the first events of all, then the second of all, ...
  std::vector<std::size_t> seen(chat.choices.size());
  std::vector<std::pair<std::size_t, SimStep>> numbered;
  for (const SimStep& step : steps) numbered.emplace_back(seen[step.choice]++, step);
  std::stable_sort(numbered.begin(), numbered.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(numbered.begin(), numbered.end(), steps.begin(),
                 [](const auto& one) { return one.second; });
  return steps;
}

}  // namespace wye
