// Responses deltas. Pure but for the little state of the stream.
#include "dialect/responses_deltas.h"

#include <optional>
#include <utility>

#include "dialect/responses.h"
#include "dialect/responses_items.h"
#include "dialect/take.h"

namespace wye::responses {

// The members that matter, whatever their order.
struct DeltaReader::Event {
  std::int64_t output_index = 0, content_index = 0, summary_index = 0;
  std::string text;  // of delta, text, refusal or arguments
  std::string logprobs;
  std::vector<Message> item;  // of `item`
  StartDelta start;
  std::optional<UsageDelta> usage;
  Ending ending;
  std::vector<std::vector<Message>> output;  // of `response`
};

DeltaReader::Item& DeltaReader::item_at(std::int64_t index) {
  for (Item& item : items_) {
    if (item.index == index) return item;
  }
  items_.emplace_back().index = index;
  return items_.back();
}

void DeltaReader::read_response(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "id") (void)take::text(member, event.start.id);
    if (key == "model") (void)take::text(member, event.start.model);
    if (key == "created_at") {
      event.start.created = walk::integer_if(member.value).value_or(0);
    } else if (key == "usage") {
      std::string raw(walk::raw(member.value));
      event.usage =
          UsageDelta{read_usage(member.value, output_excludes_reasoning_), std::move(raw)};
    } else if (key == "output" && items_.empty()) {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { read_item(each, event.output.emplace_back()); });
    } else {
      read_ending(key, member.value, event.ending);
    }
  });
}

void DeltaReader::read_member(walk::Member& member, Event& event) {
  const std::string_view key = member.key;
  JsonValue& value = member.value;
  if (key == "output_index") event.output_index = walk::integer_if(value).value_or(0);
  if (key == "content_index") event.content_index = walk::integer_if(value).value_or(0);
  if (key == "summary_index") event.summary_index = walk::integer_if(value).value_or(0);
  if (key == "delta" || key == "text" || key == "refusal" || key == "arguments") {
    (void)take::text(member, event.text);
  } else if (key == "logprobs" && walk::is_array(value)) {
    const std::string_view raw = walk::raw(value);
    event.logprobs = raw.substr(1, raw.size() - 2);
  } else if (key == "item") {
    read_item(value, event.item);
  } else if (key == "response") {
    read_response(value, event);
  }
}

void DeltaReader::read(std::string_view type, FinishReason finish, JsonObject& object,
                       std::vector<Delta>& deltas) {
  Event event;
  (void)walk::members(object, [&](walk::Member& member) -> Result<void> {
    read_member(member, event);
    return {};
  });
  if (!started_ && !event.start.id.empty()) {
    started_ = true;
    deltas.push_back({0, event.start});
  }
  if (type == "response.output_item.added") return add_item(event, false, deltas);
  if (type == "response.output_item.done") return add_item(event, true, deltas);
  if (finish != FinishReason::none) return add_end(event, finish, deltas);
  add_delta(event, type, deltas);
}

void DeltaReader::add_delta(const Event& event, std::string_view type, std::vector<Delta>& deltas) {
  if (event.text.empty()) return;
  Item& item = item_at(event.output_index);
  // What is said at the end only counts when it was not said before.
  const bool whole = type.ends_with(".done");
  if (type.starts_with("response.output_text.") && !(whole && item.text)) {
    item.text = true;
    deltas.push_back({0, TextDelta{event.text}});
    if (!event.logprobs.empty()) deltas.push_back({0, LogprobsDelta{event.logprobs}});
  } else if (type.starts_with("response.refusal.") && !(whole && item.text)) {
    item.text = true;
    deltas.push_back({0, RefusalDelta{event.text}});
  } else if (type.starts_with("response.function_call_arguments.") && item.tool >= 0 &&
             !(whole && item.arguments)) {
    item.arguments = true;
    deltas.push_back({0, ArgumentsDelta{item.tool, event.text}});
  } else if ((type == "response.reasoning_summary_text.delta" ||
              type == "response.reasoning_text.delta")) {
    item.thought = true;
    deltas.push_back({0, ReasoningDelta{event.text, {}}});
  }
}

void DeltaReader::add_item(Event& event, bool done, std::vector<Delta>& deltas) {
  Item& item = item_at(event.output_index);
  if (item.done) return;
  add_parts(event.item, item, done, deltas);
  if (!done) return;
  item.done = true;
  deltas.push_back({0, PartEndDelta{}});
}

void DeltaReader::add_parts(std::vector<Message>& messages, Item& item, bool done,
                            std::vector<Delta>& deltas) {
  for (Message& message : messages) {
    if (message.role != Role::assistant) continue;
    for (Part& part : message.parts) {
      if (std::holds_alternative<ToolCall>(part.body)) {
        add_call(part, item, deltas);
      } else if (done && std::holds_alternative<Reasoning>(part.body)) {
        add_reasoning(part, item, deltas);
      } else if (done) {
        add_text(part, item, deltas);
      }
    }
    if (done && !message.parts.empty()) item.text = true;
  }
}

// Arguments that stand in the item itself are those of a provider that does not stream them, or a
// repetition.
void DeltaReader::add_call(const Part& part, Item& item, std::vector<Delta>& deltas) {
  const auto& call = std::get<ToolCall>(part.body);
  if (item.tool < 0) {
    item.tool = calls_++;
    deltas.push_back({0, ToolCallDelta{item.tool, call.id, call.name, part.extra}});
  }
  if (item.arguments || call.arguments.empty()) return;
  item.arguments = true;
  deltas.push_back({0, ArgumentsDelta{item.tool, call.arguments}});
}

void DeltaReader::add_reasoning(Part& part, Item& item, std::vector<Delta>& deltas) {
  auto& reasoning = std::get<Reasoning>(part.body);
  if (!item.thought && !reasoning.text.empty()) {
    item.thought = true;
    deltas.push_back({0, ReasoningDelta{std::move(reasoning.text), {}}});
  }
  if (part.signature.empty()) return;
  // Proof of thoughts whose text is not the last thing said would be taken for proof of that.
  const bool last = &item == &items_.back();
  deltas.push_back({0, SignatureDelta{std::move(part.signature), !item.thought || !last}});
}

void DeltaReader::add_text(const Part& part, Item& item, std::vector<Delta>& deltas) {
  if (item.text) return;
  if (const auto* text = std::get_if<Text>(&part.body))
    deltas.push_back({0, TextDelta{text->text}});
  if (const auto* declined = std::get_if<Declined>(&part.body)) {
    deltas.push_back({0, RefusalDelta{declined->text}});
  }
}

void DeltaReader::add_end(Event& event, FinishReason finish, std::vector<Delta>& deltas) {
  std::int64_t index = 0;
  for (std::vector<Message>& messages : event.output) {
    add_parts(messages, item_at(index++), true, deltas);
  }
  deltas.push_back({0, FinishDelta{finish, finish_text_of(event.ending), {}}});
  if (event.usage && event.usage->usage.source != UsageSource::none) {
    deltas.push_back({0, std::move(*event.usage)});
  }
}

}  // namespace wye::responses
