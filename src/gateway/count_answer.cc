#include "gateway/count_answer.h"

#include "wire/token_count.h"

namespace wye {
namespace {

// What the formats of chats add, and what pictures and the like usually come to.
constexpr std::int64_t tokens_a_message = 4;
constexpr std::int64_t tokens_a_tool = 8;
constexpr std::int64_t tokens_an_image = 765;
constexpr std::int64_t tokens_a_sound = 500;
constexpr std::int64_t tokens_a_document = 2000;

class Counter {
 public:
  explicit Counter(Encoding encoding) : encoding_(encoding) {}

  void add(std::string_view text) {
    const TokenCount counted = count_tokens(encoding_, text);
    sum_ += counted.tokens;
    exact_ = exact_ && counted.exact;
  }
  void add(const Part& part) {
    std::visit([this](const auto& body) { add_body(body); }, part.body);
  }
  void add(const Message& message) {
    sum_ += tokens_a_message;
    for (const Part& part : message.parts) add(part);
  }
  void add(const Tool& tool) {
    sum_ += tokens_a_tool;
    for (const std::string_view text :
         {std::string_view(tool.name), std::string_view(tool.description),
          std::string_view(tool.parameters), std::string_view(tool.raw)}) {
      add(text);
    }
  }

  std::int64_t sum() const { return sum_; }
  bool exact() const { return exact_; }

 private:
  void add_body(const Text& text) { add(std::string_view(text.text)); }
  void add_body(const Reasoning& reasoning) { add(std::string_view(reasoning.text)); }
  void add_body(const Declined& declined) { add(std::string_view(declined.text)); }
  void add_body(const Unknown& unknown) { add(std::string_view(unknown.json)); }
  void add_body(const Image&) { sum_ += tokens_an_image; }
  void add_body(const Audio&) { sum_ += tokens_a_sound; }
  void add_body(const Document& document) {
    if (document.text.empty()) {
      sum_ += tokens_a_document;
    } else {
      add(std::string_view(document.text));
    }
  }
  void add_body(const ToolCall& call) {
    add(std::string_view(call.name));
    add(std::string_view(call.arguments));
  }
  void add_body(const ToolResult& result) {
    for (const Part& part : result.parts) add(part);
  }

  Encoding encoding_;
  std::int64_t sum_ = 0;
  bool exact_ = true;
};

}  // namespace

Answer count_answer(const Content& content, std::string_view model) {
  Counter counter(encoding_of(model));
  for (const Message& message : content.messages) counter.add(message);
  for (const Tool& tool : content.tools) counter.add(tool);
  if (!content.output.schema.empty()) counter.add(std::string_view(content.output.schema));
  Answer answer;
  answer.origin = content.origin;
  answer.endpoint = Endpoint::count_tokens;
  answer.model = model;
  answer.usage.input = counter.sum();
  answer.usage.source = counter.exact() ? UsageSource::counted : UsageSource::estimated;
  return answer;
}

}  // namespace wye
