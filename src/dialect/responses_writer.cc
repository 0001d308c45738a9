// Responses writer: a stream for a Responses client, made of deltas. Pure but for the state of its
// stream: the events that close a part or an item repeat all of it.
#include <optional>
#include <utility>
#include <vector>

#include "core/signature.h"
#include "dialect/responses.h"
#include "dialect/responses_output.h"
#include "dialect/responses_usage.h"

namespace wye::responses {
namespace {

// Whether brackets and strings are closed. A call whose arguments are whole can be closed itself.
bool is_closed(std::string_view json) {
  int depth = 0;
  bool text = false, any = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (text) {
      if (c == '\\') ++i;
      if (c == '"') text = false;
      continue;
    }
    if (c == '"') text = true;
    if (c == '{' || c == '[') ++depth, any = true;
    if (c == '}' || c == ']') --depth;
  }
  return any && depth == 0 && !text;
}

class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask) : answer_id_(ask.answer_id) {
    ask_ = ask.facts;
    head_.created = ask.answer_created;
  }

  void write(const Delta& delta, std::string& out) override {
    if (delta.choice != 0) return;  // a response has one
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) return take_start(*start, out);
    begin(out);
    if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      write_text(false, text->text, out);
    } else if (const auto* refusal = std::get_if<RefusalDelta>(&delta.body)) {
      write_text(true, refusal->text, out);
    } else if (const auto* thought = std::get_if<ReasoningDelta>(&delta.body)) {
      write_thought(thought->text, out);
    } else if (const auto* signature = std::get_if<SignatureDelta>(&delta.body)) {
      take_signature(*signature, out);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      take_call(*call, out);
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      take_arguments(*arguments, out);
    } else if (const auto* logprobs = std::get_if<LogprobsDelta>(&delta.body)) {
      take_logprobs(logprobs->json);
    } else if (std::holds_alternative<PartEndDelta>(delta.body)) {
      close_done(out);
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      finish_ = finish->reason;
    } else if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    }
    // Extras of other dialects have no place in this stream.
  }

  void finish(std::string& out) override {
    begin(out);
    close_all(out);
    if (finish_ == FinishReason::none) finish_ = FinishReason::stop;
    const std::string_view status = status_of(finish_).status;
    if (status == "incomplete") return write_whole("response.incomplete", finish_, out);
    write_whole(status == "failed" ? "response.failed" : "response.completed", finish_, out);
  }

 private:
  using Kind = OutputItem::Kind;
  // What is being written.
  struct Open {
    std::size_t index;  // in items_
    int tool = -1;      // as the deltas count the calls
    bool announced = true;
    bool part = false;  // its last part is open
  };

  void take_start(const StartDelta& start, std::string& out) {
    if (begun_) return;
    if (!start.id.empty()) answer_id_ = start.id;
    head_.model = start.model;
    if (start.created != 0) head_.created = start.created;
    begin(out);
  }

  void begin(std::string& out) {
    if (std::exchange(begun_, true)) return;
    head_.id = made_response_id(answer_id_);
    write_whole("response.created", FinishReason::none, out);
    write_whole("response.in_progress", FinishReason::none, out);
  }

  // An event: `members` writes what follows its type and number.
  template <class Members>
  void write_event(std::string_view type, std::string& out, Members&& members) {
    out.append("event: ").append(type).append("\ndata: ");
    JsonWriter json(out);
    json.begin_object().field("type", type).field("sequence_number", sequence_++);
    members(json);
    json.end_object();
    out += "\n\n";
  }

  void write_whole(std::string_view type, FinishReason reason, std::string& out) {
    write_event(type, out, [&](JsonWriter& json) {
      json.key("response");
      write_response(json, head_, items_, reason, usage_ ? &*usage_ : nullptr, ask_);
    });
  }

  // An event about an item.
  template <class Members>
  void write_item_event(std::string_view type, const Open& open, std::string& out,
                        Members&& members) {
    write_event(type, out, [&](JsonWriter& json) {
      json.field("item_id", items_[open.index].id);
      json.field("output_index", static_cast<std::int64_t>(open.index));
      members(json);
    });
  }

  void write_item_state(std::string_view type, const Open& open, std::string_view status,
                        std::string& out) {
    write_event(type, out, [&](JsonWriter& json) {
      json.field("output_index", static_cast<std::int64_t>(open.index)).key("item");
      write_item(json, items_[open.index], status);
    });
  }

  Open& open_item(Kind kind, std::string_view prefix) {
    OutputItem& item = items_.emplace_back();
    item.kind = kind;
    item.id = made_id(prefix, answer_id_, items_.size() - 1);
    return open_.emplace_back(Open{items_.size() - 1});
  }

  // The item of this kind that is being written, or a new one; all others are closed.
  Open& item_for(Kind kind, std::string_view prefix, std::string& out) {
    if (open_.size() == 1 && items_[open_.front().index].kind == kind) return open_.front();
    close_all(out);
    Open& made = open_item(kind, prefix);
    write_item_state("response.output_item.added", made, "in_progress", out);
    return made;
  }

  void write_text(bool refusal, const std::string& text, std::string& out) {
    if (text.empty()) return;
    Open& open = item_for(Kind::message, made_message, out);
    std::vector<OutputItem::Piece>& pieces = items_[open.index].pieces;
    if (pieces.empty() || pieces.back().refusal != refusal) {
      close_part(open, out);
      pieces.push_back({refusal, {}, {}});
      open.part = true;
      write_piece_state("response.content_part.added", open, out);
    }
    pieces.back().text += text;
    const std::string_view type = refusal ? "response.refusal.delta" : "response.output_text.delta";
    write_item_event(type, open, out, [&](JsonWriter& json) {
      json.field("content_index", content_index(open)).field("delta", text);
      if (!refusal) json.key("logprobs").begin_array().end_array();
    });
  }

  std::int64_t content_index(const Open& open) const {
    return static_cast<std::int64_t>(items_[open.index].pieces.size()) - 1;
  }

  void write_piece_state(std::string_view type, const Open& open, std::string& out) {
    write_item_event(type, open, out, [&](JsonWriter& json) {
      json.field("content_index", content_index(open)).key("part");
      write_piece(json, items_[open.index].pieces.back());
    });
  }

  void write_thought(const std::string& text, std::string& out) {
    if (text.empty()) return;
    Open& open = item_for(Kind::reasoning, made_reasoning, out);
    std::string& summary = items_[open.index].summary;
    if (!open.part) {
      open.part = true;
      write_summary_state("response.reasoning_summary_part.added", open, out);
    }
    summary += text;
    write_item_event("response.reasoning_summary_text.delta", open, out, [&](JsonWriter& json) {
      json.field("summary_index", 0).field("delta", text);
    });
  }

  void write_summary_state(std::string_view type, const Open& open, std::string& out) {
    write_item_event(type, open, out, [&](JsonWriter& json) {
      json.field("summary_index", 0).key("part");
      write_summary(json, items_[open.index].summary);
    });
  }

  // Of thoughts it is their ciphertext. Of a call it goes into the id, which must not have been
  // told yet. Of a text there is no place for it, and its maker can do without.
  void take_signature(const SignatureDelta& signature, std::string& out) {
    const std::string text = carried(signature.signature, own_name);
    OutputItem* last = open_.empty() ? nullptr : &items_[open_.back().index];
    if (last != nullptr && last->kind == Kind::call && !signature.encrypted) {
      if (!open_.back().announced) last->call_id = id_with(last->call_id, signature.signature);
      return announce_all(out);
    }
    const bool thought = last != nullptr && last->kind == Kind::reasoning;
    if (!signature.encrypted && !thought) return;
    if (signature.encrypted) close_all(out);
    Open& open = item_for(Kind::reasoning, made_reasoning, out);
    items_[open.index].encrypted += text;
    if (signature.encrypted) close_all(out);
  }

  // A call is told with the second delta after it, when it is known whether a signature follows.
  void take_call(const ToolCallDelta& call, std::string& out) {
    close_done(out);
    Open& open = open_item(Kind::call, made_call);
    open.tool = call.tool;
    open.announced = false;
    items_[open.index].call_id = call.id;
    items_[open.index].name = call.name;
  }

  void take_arguments(const ArgumentsDelta& arguments, std::string& out) {
    Open* open = open_call(arguments.tool);
    if (open == nullptr || arguments.json.empty()) return;
    std::string& all = items_[open->index].arguments;
    if (!open->announced && !all.empty()) announce(*open, out);
    all += arguments.json;
    if (open->announced) write_arguments(*open, arguments.json, out);
  }

  Open* open_call(int tool) {
    for (Open& each : open_) {
      if (each.tool == tool) return &each;
    }
    return nullptr;
  }

  void announce(Open& open, std::string& out) {
    if (std::exchange(open.announced, true)) return;
    // The event of a new item shows it without the arguments that follow.
    std::string begun = std::exchange(items_[open.index].arguments, {});
    write_item_state("response.output_item.added", open, "in_progress", out);
    items_[open.index].arguments = begun;
    if (!begun.empty()) write_arguments(open, begun, out);
  }

  void announce_all(std::string& out) {
    for (Open& each : open_) announce(each, out);
  }

  void write_arguments(const Open& open, std::string_view json_text, std::string& out) {
    write_item_event("response.function_call_arguments.delta", open, out,
                     [&](JsonWriter& json) { json.field("delta", json_text); });
  }

  void take_logprobs(const std::string& elements) {
    if (elements.empty()) return;
    if (open_.empty() || items_[open_.back().index].pieces.empty()) return;
    std::string& all = items_[open_.back().index].pieces.back().logprobs;
    if (!all.empty()) all += ',';
    all += elements;
  }

  void close_part(Open& open, std::string& out) {
    if (!std::exchange(open.part, false)) return;
    const OutputItem& item = items_[open.index];
    if (item.kind == Kind::reasoning) {
      write_item_event("response.reasoning_summary_text.done", open, out, [&](JsonWriter& json) {
        json.field("summary_index", 0).field("text", item.summary);
      });
      return write_summary_state("response.reasoning_summary_part.done", open, out);
    }
    const OutputItem::Piece& piece = item.pieces.back();
    const std::string_view type =
        piece.refusal ? "response.refusal.done" : "response.output_text.done";
    write_item_event(type, open, out, [&](JsonWriter& json) {
      json.field("content_index", content_index(open));
      json.field(piece.refusal ? "refusal" : "text", piece.text);
      if (piece.refusal) return;
      json.key("logprobs").begin_array();
      if (!piece.logprobs.empty()) json.raw(piece.logprobs);
      json.end_array();
    });
    write_piece_state("response.content_part.done", open, out);
  }

  void close(Open& open, std::string& out) {
    announce(open, out);
    close_part(open, out);
    OutputItem& item = items_[open.index];
    if (item.kind == Kind::call) {
      if (item.arguments.empty()) item.arguments = "{}";
      write_item_event("response.function_call_arguments.done", open, out, [&](JsonWriter& json) {
        json.field("name", item.name).field("arguments", item.arguments);
      });
    }
    const bool cut = status_of(finish_).status == "incomplete" && &open == &open_.back();
    write_item_state("response.output_item.done", open, cut ? "incomplete" : "completed", out);
  }

  void close_all(std::string& out) {
    for (Open& each : open_) close(each, out);
    open_.clear();
  }

  // Calls may be told in turns; one whose arguments are not whole yet stays open beside the next.
  void close_done(std::string& out) {
    std::vector<Open> still;
    for (Open& each : open_) {
      const OutputItem& item = items_[each.index];
      if (item.kind == Kind::call && !is_closed(item.arguments)) {
        still.push_back(each);
      } else {
        close(each, out);
      }
    }
    open_ = std::move(still);
  }

  AskFacts ask_;
  OutputHead head_;
  std::string answer_id_;
  bool begun_ = false;
  int sequence_ = 0;
  FinishReason finish_ = FinishReason::none;
  std::optional<Usage> usage_;
  std::vector<OutputItem> items_;
  std::vector<Open> open_;
};

}  // namespace

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

}  // namespace wye::responses
