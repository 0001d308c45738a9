// Sim prompt: counting and hashing. See sim_prompt.h.
#include "lab/sim_prompt.h"

#include <algorithm>

#include "base/hash.h"
#include "core/answer.h"
#include "lab/sim_dom.h"
#include "lab/sim_words.h"

namespace wye {
namespace {

constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 765;
constexpr std::int64_t tokens_per_small_image = 85;
constexpr std::int64_t tokens_per_file = 200;
constexpr std::int64_t tokens_per_tool = 20;
constexpr std::int64_t tokens_per_property = 8;

// Formats differ in who speaks for the system and for tools.
std::string_view speaker(Role role) {
  if (role == Role::developer) return to_string(Role::system);
  if (role == Role::tool) return to_string(Role::user);
  return to_string(role);
}

bool is_call(const Part& part) { return std::holds_alternative<ToolCall>(part.body); }

class PromptReader {
 public:
  explicit PromptReader(SimPrompt& prompt) : prompt_(prompt) {}

  void read(const Message& message) {
    const std::string_view who = speaker(message.role);
    if (who != speaker_) prompt_.hash = hash64(who, prompt_.hash);
    speaker_ = who;
    prompt_.tokens += tokens_per_message;
    if (message.role != Role::tool) prompt_.after_tool = false;
    new_text_ = message.role == Role::user;
    for (const Part& part : message.parts) read(part, message.role);
  }

 private:
  void read(const Part& part, Role role) {
    if (const auto* text = std::get_if<Text>(&part.body)) {
      add(text->text);
      if (role == Role::user) add_line(text->text);
    } else if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      add(call->arguments);
    } else if (const auto* result = std::get_if<ToolResult>(&part.body)) {
      prompt_.after_tool = true;
      for (const Part& inner : result->parts) read(inner, Role::tool);
    } else if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
      prompt_.tokens += count_tokens(thought->text);
    } else if (const auto* image = std::get_if<Image>(&part.body)) {
      prompt_.tokens += image->detail == "low" ? tokens_per_small_image : tokens_per_image;
    } else {
      prompt_.tokens += tokens_per_file;
    }
  }

  void add(const std::string& text) {
    prompt_.tokens += count_tokens(text);
    prompt_.hash = hash64(text, prompt_.hash);
  }

  // A message that only brings the result of a tool leaves the question as it was.
  void add_line(const std::string& text) {
    if (new_text_) prompt_.user_text.clear();
    if (!prompt_.user_text.empty()) prompt_.user_text += '\n';
    prompt_.user_text += text;
    new_text_ = false;
  }

  SimPrompt& prompt_;
  std::string_view speaker_;
  bool new_text_ = false;  // the next text begins what the user says
};

std::int64_t tokens_of(const Tool& tool) {
  std::int64_t tokens = tokens_per_tool + count_tokens(tool.description);
  simdjson::dom::parser parser;
  dom::Element schema;
  if (parser.parse(tool.parameters).get(schema) != simdjson::SUCCESS) return tokens;
  if (const auto properties = dom::object(schema, "properties"))
    tokens += tokens_per_property * static_cast<std::int64_t>(properties->size());
  return tokens;
}

// How many messages at the end are the beginning of the answer. A call that nobody answered is not.
std::size_t count_prefill(const std::vector<Message>& messages) {
  std::size_t count = 0;
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    const auto& parts = message->parts;
    if (message->role != Role::assistant || std::any_of(parts.begin(), parts.end(), is_call)) break;
    ++count;
  }
  return count;
}

}  // namespace

SimPrompt read_prompt(const Content& content) {
  SimPrompt prompt;
  PromptReader reader(prompt);
  const std::size_t said = content.messages.size() - count_prefill(content.messages);
  for (std::size_t i = 0; i < content.messages.size(); ++i) {
    const Message& message = content.messages[i];
    if (i < said) {
      reader.read(message);
      continue;
    }
    prompt.prefilled = true;
    prompt.prefill += text_of(message.parts);
  }
  prompt.tokens += count_tokens(prompt.prefill);
  for (const Tool& tool : content.tools) prompt.tokens += tokens_of(tool);
  return prompt;
}

}  // namespace wye
