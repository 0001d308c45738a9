// Sim chat: reads the request, counts its tokens, and decides between text, JSON and tool calls.
// See sim_chat.h; sim_chat_write.cc writes the result.
#include "lab/sim_chat.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "base/text.h"
#include "lab/sim_schema.h"

namespace wye {
namespace {

using dom::Element;

constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 765;
constexpr std::int64_t tokens_per_small_image = 85;
constexpr std::int64_t tokens_per_file = 200;
constexpr std::int64_t tokens_per_tool = 20;
constexpr std::int64_t tokens_per_property = 8;
constexpr int choices_max = 128;
constexpr std::size_t topics_max = 8;

tl::unexpected<SimRefusal> refuse(std::string_view message, std::string_view param,
                                  std::string_view code) {
  return tl::unexpected(SimRefusal{400, error_json(message, "invalid_request_error", param, code)});
}

// What the simulator makes of the messages.
struct Prompt {
  std::string_view user_text;  // of the last user message
  std::string_view last_role;
  std::int64_t tokens = 3;
  std::uint64_t hash = 0;
};

void add_text(Prompt& prompt, std::string_view text) {
  prompt.tokens += count_tokens(text);
  prompt.hash = hash64(text, prompt.hash);
}

void add_part(Prompt& prompt, const Element& part, bool from_user) {
  const std::string_view type = dom::text(part, "type").value_or("");
  if (const auto text = dom::text(part, "text")) {
    add_text(prompt, *text);
    if (from_user) prompt.user_text = *text;
  } else if (type == "image_url") {
    const auto image = dom::get(part, "image_url");
    const bool small = image && dom::text(*image, "detail").value_or("") == "low";
    prompt.tokens += small ? tokens_per_small_image : tokens_per_image;
  } else {
    prompt.tokens += tokens_per_file;
  }
}

void add_message(Prompt& prompt, const Element& message) {
  const bool from_user = prompt.last_role == "user";
  prompt.tokens += tokens_per_message;
  if (const auto content = dom::get(message, "content")) {
    if (const auto text = dom::text(*content)) {
      add_text(prompt, *text);
      if (from_user) prompt.user_text = *text;
    } else if (const auto parts = dom::array(*content)) {
      for (const Element part : *parts) add_part(prompt, part, from_user);
    }
  }
  if (const auto calls = dom::array(message, "tool_calls"))
    for (const Element call : *calls)
      if (const auto function = dom::get(call, "function"))
        add_text(prompt, dom::text(*function, "arguments").value_or(""));
}

tl::expected<Prompt, SimRefusal> read_prompt(const Element& request) {
  const auto messages = dom::array(request, "messages");
  if (!messages)
    return refuse("Missing required parameter: 'messages'.", "messages",
                  "missing_required_parameter");
  if (messages->size() == 0)
    return refuse(
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an "
        "empty "
        "array instead.",
        "messages", "empty_array");
  Prompt prompt;
  for (const Element message : *messages) {
    const auto role = dom::text(message, "role");
    if (!role)
      return refuse("Missing required parameter: 'messages[].role'.", "messages",
                    "missing_required_parameter");
    prompt.last_role = *role;
    prompt.hash = hash64(*role, prompt.hash);
    add_message(prompt, message);
  }
  return prompt;
}

struct Tool {
  std::string_view name;
  Element parameters;
  bool has_parameters = false;
};

std::vector<Tool> read_tools(const Element& request, Prompt& prompt) {
  std::vector<Tool> tools;
  const auto list = dom::array(request, "tools");
  if (!list) return tools;
  for (const Element entry : *list) {
    const auto function = dom::get(entry, "function");
    if (!function) continue;
    Tool tool{.name = dom::text(*function, "name").value_or(""), .parameters = {}};
    prompt.tokens +=
        tokens_per_tool + count_tokens(dom::text(*function, "description").value_or(""));
    if (const auto parameters = dom::get(*function, "parameters")) {
      tool.parameters = *parameters;
      tool.has_parameters = true;
      if (const auto properties = dom::object(*parameters, "properties"))
        prompt.tokens += tokens_per_property * static_cast<std::int64_t>(properties->size());
    }
    tools.push_back(tool);
  }
  return tools;
}

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
  std::vector<Tool> tools;
  bool forced = false;
};

Wanted wanted_tools(const Element& request, const std::vector<Tool>& tools, const Prompt& prompt) {
  Wanted wanted;
  if (tools.empty()) return wanted;
  const auto choice = dom::get(request, "tool_choice");
  const std::string_view mode = choice ? dom::text(*choice).value_or("") : "auto";
  if (mode == "none") return wanted;
  if (choice && choice->is_object()) {
    const auto function = dom::get(*choice, "function");
    const std::string_view name = function ? dom::text(*function, "name").value_or("") : "";
    for (const Tool& tool : tools)
      if (tool.name == name) wanted.tools.push_back(tool);
    wanted.forced = !wanted.tools.empty();
    return wanted;
  }
  // After a tool's result the model answers in words, or it would call for ever.
  if (prompt.last_role != "tool" || mode == "required")
    for (const Tool& tool : tools)
      if (mentions(prompt.user_text, tool.name)) wanted.tools.push_back(tool);
  if (wanted.tools.empty() && mode == "required") wanted.tools.push_back(tools.front());
  if (!dom::flag(request, "parallel_tool_calls").value_or(true) && wanted.tools.size() > 1)
    wanted.tools.resize(1);
  return wanted;
}

void make_calls(SimChoice& choice, const Wanted& wanted,
                const std::vector<std::string_view>& topics, Dice& dice) {
  for (const Tool& tool : wanted.tools) {
    std::string arguments;
    if (tool.has_parameters)
      append_instance(arguments, tool.parameters, topics, dice);
    else
      arguments = "{}";
    choice.calls.push_back(
        {.id = fmt::format("call_{:016x}{:08x}", dice.next(), dice.below(1ULL << 32)),
         .name = std::string(tool.name),
         .arguments = cut_into_tokens(std::move(arguments))});
  }
  choice.finish_reason = wanted.forced ? "stop" : "tool_calls";  // so does OpenAI
}

std::string answer_text(const Element& request, const SimModel& model,
                        const std::vector<std::string_view>& topics, Dice& dice) {
  if (const auto format = dom::get(request, "response_format")) {
    const std::string_view type = dom::text(*format, "type").value_or("text");
    std::string json;
    const auto named = dom::get(*format, "json_schema");
    const auto schema = named ? dom::get(*named, "schema") : std::nullopt;
    if (type == "json_schema" && schema)
      append_instance(json, *schema, topics, dice);
    else if (type == "json_object")
      json = fmt::format(R"({{"answer":"{}","confidence":0.{}}})", phrase(topics, 3, dice),
                         1 + dice.below(9));
    if (!json.empty()) return json;
  }
  const auto spread = static_cast<std::uint64_t>(model.words_max - model.words_min + 1);
  return sentences(topics, model.words_min + static_cast<int>(dice.below(spread)), dice);
}

// Cuts what goes beyond `tokens_max`; the last call's arguments may become broken JSON, as with a
// real model.
void limit_tokens(SimChoice& choice, std::int64_t tokens_max) {
  if (tokens_max < 0 || choice.tokens() <= tokens_max) return;
  choice.finish_reason = "length";
  auto left = static_cast<std::size_t>(tokens_max);
  choice.content.truncate(left);
  for (SimToolCall& call : choice.calls) {
    call.arguments.truncate(left);
    left -= call.arguments.tokens();
  }
}

std::vector<std::string> read_stops(const Element& request) {
  std::vector<std::string> stops;
  const auto stop = dom::get(request, "stop");
  if (!stop) return stops;
  if (const auto one = dom::text(*stop)) stops.emplace_back(*one);
  if (const auto several = dom::array(*stop))
    for (const Element text : *several) stops.emplace_back(dom::text(text).value_or(""));
  return stops;
}

// The limit on the tokens of a choice; -1: none.
tl::expected<std::int64_t, SimRefusal> read_tokens_max(const Element& request) {
  const auto old = dom::integer(request, "max_tokens");
  const auto now = dom::integer(request, "max_completion_tokens");
  if (old && now)
    return refuse(
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "max_tokens", "invalid_parameter_combination");
  const auto given = old ? old : now;
  if (given && *given < 1)
    return refuse(
        fmt::format("Invalid '{}': integer below minimum value. Expected a value >= 1, but got {} "
                    "instead.",
                    old ? "max_tokens" : "max_completion_tokens", *given),
        old ? "max_tokens" : "max_completion_tokens", "integer_below_min_value");
  return given.value_or(-1);
}

}  // namespace

std::int64_t SimChoice::tokens() const {
  std::size_t tokens = content.tokens();
  for (const SimToolCall& call : calls) tokens += call.arguments.tokens();
  return static_cast<std::int64_t>(tokens);
}

tl::expected<SimChat, SimRefusal> answer_chat(const Element& request, const SimModel& model,
                                              std::uint64_t seed) {
  auto prompt = read_prompt(request);
  if (!prompt) return tl::unexpected(prompt.error());
  auto tokens_max = read_tokens_max(request);
  if (!tokens_max) return tl::unexpected(tokens_max.error());
  const std::int64_t count = dom::integer(request, "n").value_or(1);
  if (count < 1 || count > choices_max)
    return refuse("Invalid 'n': expected 1 to 128.", "n", "invalid_value");

  const auto tools = read_tools(request, *prompt);
  const Wanted wanted = wanted_tools(request, tools, *prompt);
  const auto topics = topics_of(prompt->user_text, topics_max);
  const auto stops = read_stops(request);

  SimChat chat;
  chat.model = dom::text(request, "model").value_or("");
  chat.stream = dom::flag(request, "stream").value_or(false);
  if (const auto options = dom::get(request, "stream_options"))
    chat.include_usage = dom::flag(*options, "include_usage").value_or(false);
  chat.logprobs = dom::flag(request, "logprobs").value_or(false);
  chat.top_logprobs = static_cast<int>(
      std::clamp<std::int64_t>(dom::integer(request, "top_logprobs").value_or(0), 0, 20));
  chat.prompt_tokens = prompt->tokens;
  chat.tokens_asked_max = prompt->tokens + std::max<std::int64_t>(*tokens_max, 16);
  const std::uint64_t root = mix64(prompt->hash ^ mix64(seed)) +
                             static_cast<std::uint64_t>(dom::integer(request, "seed").value_or(0));
  for (std::int64_t i = 0; i < count; ++i) {
    Dice dice(mix64(root + static_cast<std::uint64_t>(i)));
    SimChoice& choice = chat.choices.emplace_back();
    if (!wanted.tools.empty())
      make_calls(choice, wanted, topics, dice);
    else
      choice.content = cut_into_tokens(answer_text(request, model, topics, dice));
    choice.content.stop_at(stops);
    limit_tokens(choice, *tokens_max);
    chat.completion_tokens += choice.tokens();
  }
  return chat;
}

}  // namespace wye
