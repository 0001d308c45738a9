// Gemini contents, writing: the hub's messages as Gemini's conversation. Pure.
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_signature.h"
#include "dialect/gemini_write.h"

namespace wye::gemini {
namespace {

// Models of the third generation refuse a call in the history whose signature is missing. Google
// names this text for calls that another vendor's model made.
constexpr std::string_view no_signature_needed = "skip_thought_signature_validator";

bool is_system(const Message& message) {
  return message.role == Role::system || message.role == Role::developer;
}

class ConversationWriter {
 public:
  ConversationWriter(JsonWriter& json, const Target& target)
      : json_(json), target_(target), own_(target.own()) {}

  Result<void> write() {
    const std::vector<Message>& messages = target_.content.messages;
    const bool only_system = std::all_of(messages.begin(), messages.end(), is_system);
    if (!only_system) write_system();
    json_.key("contents").begin_array();
    // A conversation must hold something, so that instructions alone are what the user says.
    for (std::size_t i = 0; i < messages.size();) {
      const bool system = is_system(messages[i]);
      std::size_t end = i + 1;
      while (messages[i].role == Role::tool && end < messages.size() &&
             messages[end].role == Role::tool) {
        ++end;
      }
      if (!system || only_system) {
        if (Result<void> done = write_turn(messages, i, end); !done) return done;
      }
      i = end;
    }
    json_.end_array();
    return {};
  }

 private:
  void write_system() {
    std::vector<const Part*> parts;
    const Message* first = nullptr;
    for (const Message& message : target_.content.messages) {
      if (!is_system(message)) continue;
      if (first == nullptr) first = &message;
      for (const Part& part : message.parts) parts.push_back(&part);
    }
    if (first == nullptr) return;
    json_.key("systemInstruction").begin_object();
    if (!parts.empty()) {
      json_.key("parts").begin_array();
      for (const Part* part : parts) {
        const auto* text = std::get_if<Text>(&part->body);
        if (text == nullptr || (text->text.empty() && !own_)) continue;
        json_.begin_object().field("text", text->text);
        if (own_) write_extra(json_, part->extra);
        json_.end_object();
      }
      json_.end_array();
    }
    if (own_) write_extra(json_, first->extra);
    json_.end_object();
  }

  // One content: one message, or the answers of all tools that were called together.
  Result<void> write_turn(const std::vector<Message>& messages, std::size_t from, std::size_t to) {
    std::vector<const Part*> parts;
    for (std::size_t i = from; i < to; ++i) {
      for (const Part& part : messages[i].parts) parts.push_back(&part);
    }
    const Message& message = messages[from];
    if (message.role == Role::tool) put_in_order_of_calls(parts);
    std::string body;
    JsonWriter json(body);
    json.begin_array();
    const std::size_t empty = body.size();
    called_in_turn_ = false;
    for (const Part* part : parts) {
      if (Result<void> done = write_part(json, *part, message); !done) return done;
    }
    const bool nothing = body.size() == empty;
    json.end_array();
    if (nothing && !own_) return {};
    json_.begin_object();
    if (!nothing) json_.key("parts").raw(body);
    if (!own_ || find_extra(message.extra, "role") == nullptr) {
      json_.field("role", message.role == Role::assistant ? "model" : "user");
    }
    if (own_) write_extra(json_, message.extra);
    json_.end_object();
    return {};
  }

  // Without ids, answers are matched by their order.
  void put_in_order_of_calls(std::vector<const Part*>& parts) const {
    std::stable_sort(parts.begin(), parts.end(), [&](const Part* a, const Part* b) {
      return place_of_call(*a) < place_of_call(*b);
    });
  }
  std::size_t place_of_call(const Part& part) const {
    const auto* result = std::get_if<ToolResult>(&part.body);
    if (result == nullptr) return calls_.size();
    return place_of_call(result->call_id);
  }
  // The number of calls when there is none with this id.
  std::size_t place_of_call(std::string_view id) const {
    const auto found = place_by_id_.find(id);
    return found == place_by_id_.end() ? calls_.size() : found->second;
  }

  Result<void> write_part(JsonWriter& json, const Part& part, const Message& message) {
    if (const auto* text = std::get_if<Text>(&part.body)) {
      write_text(json, part, text->text);
    } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
      write_text(json, part, declined->text);
    } else if (std::holds_alternative<Reasoning>(part.body)) {
      write_thought(json, part);
    } else if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      write_call(json, part, *call);
    } else if (const auto* result = std::get_if<ToolResult>(&part.body)) {
      return write_result(json, part, *result);
    } else if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
      return write_unknown(json, *unknown, message);
    } else {
      return write_media_part(json, part);
    }
    return {};
  }

  void write_signature(JsonWriter& json, const Part& part) const {
    if (is_own(part.signature)) json.field("thoughtSignature", part.signature.data);
  }
  void close(JsonWriter& json, const Part& part) const {
    if (own_) write_extra(json, part.extra);
    json.end_object();
  }

  // Gemini refuses empty texts of others; its own may carry a signature.
  void write_text(JsonWriter& json, const Part& part, const std::string& text) const {
    if (text.empty() && !own_ && !is_own(part.signature)) return;
    json.begin_object().field("text", text);
    write_signature(json, part);
    close(json, part);
  }

  // Thoughts of other models are nothing to this one.
  void write_thought(JsonWriter& json, const Part& part) const {
    const bool unsigned_own = own_ && part.signature.empty();
    if (!unsigned_own && !is_own(part.signature)) return;
    json.begin_object();
    if (!has_word(part.form, "no_text")) json.field("text", std::get<Reasoning>(part.body).text);
    if (!has_word(part.form, "no_thought")) json.field("thought", true);
    write_signature(json, part);
    close(json, part);
  }

  // Vertex has no ids of calls; of its own clients they come as they come.
  bool writes_id(const Part& part, const std::string& id) const {
    if (id.empty()) return false;
    return own_ ? !has_word(part.form, "no_id") : !target_.vertex();
  }

  void write_call(JsonWriter& json, const Part& part, const ToolCall& call) {
    // An id may come again in a long conversation; the last call with it is meant.
    place_by_id_[call.id] = calls_.size();
    calls_.push_back(&call);
    json.begin_object().key("functionCall").begin_object().field("name", call.name);
    if (!own_ || !has_word(part.form, "no_args")) {
      json.key("args");
      write_arguments(json, target_.reader, call.arguments);
    }
    if (writes_id(part, call.id)) json.field("id", call.id);
    if (own_) write_extra(json, part.extra, "functionCall");
    json.end_object();
    write_signature(json, part);
    const bool first = !std::exchange(called_in_turn_, true);
    if (first && !own_ && !is_own(part.signature) && target_.model.signs) {
      json.field("thoughtSignature", no_signature_needed);
    }
    close(json, part);
  }

  Result<void> write_result(JsonWriter& json, const Part& part, const ToolResult& result) {
    const std::size_t call = place_of_call(result.call_id);
    const std::string name =
        result.name.empty() && call < calls_.size() ? calls_[call]->name : result.name;
    if (name.empty()) {
      return fail(unsupported("messages", "hold the answer of a tool that nobody called"));
    }
    std::vector<const Part*> media;
    for (const Part& each : result.parts) {
      if (media_of(each) != nullptr) media.push_back(&each);
    }
    const bool within = own_ || target_.model.by_level;
    json.begin_object().key("functionResponse").begin_object().field("name", name);
    if (!own_ || !has_extra(part.extra, "functionResponse")) write_response(json, result);
    if (within && !media.empty()) {
      json.key("parts").begin_array();
      if (Result<void> done = write_all_media(json, media); !done) return done;
      json.end_array();
    }
    if (writes_id(part, result.call_id)) json.field("id", result.call_id);
    if (own_) write_extra(json, part.extra, "functionResponse");
    json.end_object();
    write_signature(json, part);
    close(json, part);
    // Older models take a picture from a tool only beside its answer.
    return within ? Result<void>{} : write_all_media(json, media);
  }

  // An object; a text that is none is put into one.
  void write_response(JsonWriter& json, const ToolResult& result) const {
    json.key("response");
    const std::string text = text_of(result.parts);
    if (is_json_object(target_.reader, text)) {
      json.raw(text);
      return;
    }
    json.begin_object().key(result.is_error ? "error" : "result");
    is_json_array(target_.reader, text) ? json.raw(text) : json.value(text);
    json.end_object();
  }

  Result<void> write_all_media(JsonWriter& json, const std::vector<const Part*>& media) {
    for (const Part* part : media) {
      if (Result<void> done = write_media_part(json, *part); !done) return done;
    }
    return {};
  }

  Result<void> write_media_part(JsonWriter& json, const Part& part) {
    const auto* document = std::get_if<Document>(&part.body);
    Media media = *media_of(part);
    if (!own_ && !media.file_id.empty()) {
      return fail(unsupported("messages", "name a file that only its own provider can open"));
    }
    if (media.base64.empty() && media.url.empty() && document != nullptr && !own_) {
      write_text(json, part, document->text);
      return {};
    }
    if (const auto* image = std::get_if<Image>(&part.body)) {
      if (!image->detail.empty() && image->detail != "auto") target_.drop("image_url.detail");
    }
    if (!own_) media.media_type = media_type_of(part);
    json.begin_object();
    write_media(json, media, own_ ? part.extra : Extra{});
    write_signature(json, part);
    close(json, part);
    return {};
  }

  // What a user says must not go missing; what a model left behind may.
  Result<void> write_unknown(JsonWriter& json, const Unknown& unknown,
                             const Message& message) const {
    if (own_) {
      json.raw(unknown.json);
    } else if (message.role == Role::user) {
      return fail(unsupported("messages", "hold a part of the type \"" + unknown.type + "\""));
    }
    return {};
  }

  JsonWriter& json_;
  const Target& target_;
  bool own_;
  bool called_in_turn_ = false;
  std::vector<const ToolCall*> calls_;
  std::unordered_map<std::string_view, std::size_t> place_by_id_;  // views into calls
};

}  // namespace

Result<void> write_conversation(JsonWriter& json, const Target& target) {
  return ConversationWriter(json, target).write();
}

}  // namespace wye::gemini
