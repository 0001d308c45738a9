#include "gateway/count_answer.h"

#include <algorithm>

#include "wire/token_estimate.h"
#include "wire/token_sample.h"

namespace wye {
namespace {

// What the formats of chats add for each.
constexpr std::int64_t tokens_a_tool = 8;
// So little of a text says nothing about the rest.
constexpr std::size_t sample_bytes_min = 1024;

// All that counts in a request: texts go to `to.text`, the rest as tokens to `to.tokens`.
template <class To>
class Walk {
 public:
  explicit Walk(To& to) : to_(to) {}

  void all(const Content& content) {
    for (const Message& message : content.messages) {
      to_.tokens(tokens_a_message);
      for (const Part& each : message.parts) part(each);
    }
    for (const Tool& each : content.tools) tool(each);
    text(content.output.schema);
  }

 private:
  void text(const std::string& text) {
    if (!text.empty()) to_.text(text);
  }
  void part(const Part& part) {
    std::visit([this](const auto& each) { body(each); }, part.body);
  }
  void tool(const Tool& tool) {
    to_.tokens(tokens_a_tool);
    text(tool.name);
    text(tool.description);
    text(tool.parameters);
    text(tool.raw);
  }
  void body(const Text& each) { text(each.text); }
  void body(const Reasoning& each) { text(each.text); }
  void body(const Declined& each) { text(each.text); }
  void body(const Unknown& each) { text(each.json); }
  void body(const Image&) { to_.tokens(tokens_an_image); }
  void body(const Audio&) { to_.tokens(tokens_a_sound); }
  void body(const Document& each) {
    each.text.empty() ? to_.tokens(tokens_a_document) : text(each.text);
  }
  void body(const ToolCall& each) {
    text(each.name);
    text(each.arguments);
  }
  void body(const ToolResult& each) {
    for (const Part& inner : each.parts) part(inner);
  }

  To& to_;
};

struct Bytes {
  std::size_t sum = 0;
  void text(std::string_view text) { sum += text.size(); }
  void tokens(std::int64_t) {}
};

// Counts everything while there is little of it, else the same share of whatever comes.
class Counter {
 public:
  Counter(Encoding encoding, std::size_t bytes) : encoding_(encoding), all_bytes_(bytes) {}

  void tokens(std::int64_t count) { fixed_ += count; }

  void text(std::string_view text) {
    seen_bytes_ += text.size();
    const std::size_t may = may_look_at() - looked_at_bytes_;
    if (may < text.size() && may < sample_bytes_min) {
      left_out_bytes_ += text.size();
      return;
    }
    const TokenCount counted = sample_tokens(encoding_, text, may);
    looked_at_bytes_ += std::min(may, text.size());
    counted_bytes_ += text.size();
    counted_ += counted.tokens;
    exact_ = exact_ && counted.exact;
  }

  bool exact() const { return exact_ && left_out_bytes_ == 0; }

  // What was left out is as dense as the rest.
  std::int64_t sum() const {
    const double density =
        counted_bytes_ == 0 ? 0.25
                            : static_cast<double>(counted_) / static_cast<double>(counted_bytes_);
    return fixed_ + counted_ +
           static_cast<std::int64_t>(density * static_cast<double>(left_out_bytes_));
  }

 private:
  // Of what was seen so far.
  std::size_t may_look_at() const {
    if (all_bytes_ <= counted_bytes_max) return seen_bytes_;
    const double share = static_cast<double>(counted_bytes_max) / static_cast<double>(all_bytes_);
    return static_cast<std::size_t>(share * static_cast<double>(seen_bytes_));
  }

  Encoding encoding_;
  std::size_t all_bytes_;
  std::size_t seen_bytes_ = 0, looked_at_bytes_ = 0, counted_bytes_ = 0, left_out_bytes_ = 0;
  std::int64_t fixed_ = 0, counted_ = 0;
  bool exact_ = true;
};

}  // namespace

Answer count_answer(const Content& content, std::string_view model) {
  Bytes bytes;
  Walk(bytes).all(content);
  Counter counter(encoding_of(model), bytes.sum);
  Walk(counter).all(content);
  Answer answer;
  answer.origin = content.origin;
  answer.endpoint = Endpoint::count_tokens;
  answer.model = model;
  answer.usage.input = counter.sum();
  answer.usage.source = counter.exact() ? UsageSource::counted : UsageSource::estimated;
  return answer;
}

}  // namespace wye
