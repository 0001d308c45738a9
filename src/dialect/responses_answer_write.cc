// Responses answer, writing: what a Responses client gets when the provider speaks something else.
// Pure.
#include <string_view>

#include "core/signature.h"
#include "dialect/responses.h"
#include "dialect/responses_items.h"
#include "dialect/responses_output.h"
#include "dialect/take.h"

namespace wye::responses {
namespace {

constexpr std::string_view logprobs_start = R"({"content":[)";
constexpr std::string_view logprobs_end = "]}";

// The elements of the hub's logprobs, of which the text of the choice has all.
std::string elements_of(std::string_view logprobs) {
  if (!logprobs.starts_with(logprobs_start) || !logprobs.ends_with(logprobs_end)) return {};
  logprobs.remove_prefix(logprobs_start.size());
  logprobs.remove_suffix(logprobs_end.size());
  return std::string(logprobs);
}

class ItemMaker {
 public:
  explicit ItemMaker(std::string_view answer_id) : answer_id_(answer_id) {}

  std::vector<OutputItem> make(const Choice& choice) {
    logprobs_ = elements_of(choice.logprobs);
    for (const Part& part : choice.parts) add(part);
    return std::move(items_);
  }

 private:
  void add(const Part& part) {
    if (const auto* text = std::get_if<Text>(&part.body)) {
      message().pieces.push_back({false, text->text, std::exchange(logprobs_, {})});
    } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
      message().pieces.push_back({true, declined->text, {}});
    } else if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      OutputItem& item = open(OutputItem::Kind::call, made_call);
      // There is no other place for what the maker of a call wants back.
      item.call_id = id_with(call->id, part.signature);
      item.name = call->name;
      item.arguments = call->arguments.empty() ? "{}" : call->arguments;
    } else if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
      if (thought->text.empty() && part.signature.empty()) return;
      OutputItem& item = open(OutputItem::Kind::reasoning, made_reasoning);
      item.summary = thought->text;
      item.encrypted = carried(part.signature, own_name);
    }
  }

  // Texts and refusals that follow each other are one message.
  OutputItem& message() {
    const bool goes_on = !items_.empty() && items_.back().kind == OutputItem::Kind::message;
    return goes_on ? items_.back() : open(OutputItem::Kind::message, made_message);
  }

  OutputItem& open(OutputItem::Kind kind, std::string_view prefix) {
    OutputItem& item = items_.emplace_back();
    item.kind = kind;
    item.id = made_id(prefix, answer_id_, items_.size() - 1);
    return item;
  }

  std::string_view answer_id_;
  std::string logprobs_;
  std::vector<OutputItem> items_;
};

// An answer that was read from this dialect, as it was.
void write_own(JsonWriter& json, const Answer& answer) {
  json.begin_object();
  if (!answer.id.empty()) json.field("id", answer.id);
  if (answer.created != 0 || find_extra(answer.extra, "created_at") == nullptr) {
    json.field("created_at", answer.created);
  }
  if (!answer.model.empty()) json.field("model", answer.model);
  json.key("output").begin_array();
  Message message;
  message.role = Role::assistant;
  if (!answer.choices.empty()) message.parts = answer.choices.front().parts;
  write_items(json, message, true);
  json.end_array();
  if (!answer.usage_raw.empty()) json.key("usage").raw(answer.usage_raw);
  take::write_extra(json, answer.extra);
  json.end_object();
}

}  // namespace

std::string write_answer(const Answer& answer, const Ask& ask) {
  std::string out;
  JsonWriter json(out);
  if (answer.origin == DialectId::openai_responses) {
    write_own(json, answer);
    return out;
  }
  const Choice none;
  const Choice& choice = answer.choices.empty() ? none : answer.choices.front();
  const std::vector<OutputItem> items = ItemMaker(answer.id).make(choice);
  const OutputHead head{made_response_id(answer.id), answer.model, answer.created};
  const FinishReason reason =
      choice.finish == FinishReason::none ? FinishReason::stop : choice.finish;
  write_response(json, head, items, reason, &answer.usage, ask.facts);
  return out;
}

}  // namespace wye::responses
