// Ollama messages. Pure.
#include "dialect/ollama_messages.h"

#include <map>

#include "dialect/take.h"
#include "dialect/writing.h"

namespace wye::ollama {
namespace {

class MessagesWriter {
 public:
  MessagesWriter(JsonWriter& json, const Content& content, const MessageOptions& options,
                 std::vector<std::string>& dropped)
      : json_(json), content_(content), options_(options), dropped_(dropped) {}

  Result<void> write() {
    json_.key("messages").begin_array();
    for (const Turn& turn : turns_of(content_.messages)) {
      if (Result<void> done = write_turn(turn); !done) return done;
    }
    json_.end_array();
    return {};
  }

 private:
  Result<void> write_turn(const Turn& turn) {
    const Role role = turn.role == Role::developer ? Role::system : turn.role;
    json_.begin_object().field("role", to_string(role));
    const bool empty = take::has_word(turn.message->form, "empty");
    if (Result<void> done = write_content(turn, empty || !options_.own); !done) return done;
    if (turn.result != nullptr) write_result(turn);
    if (options_.own) take::write_extra(json_, turn.message->extra);
    json_.end_object();
    return {};
  }

  // All text goes into one string, pictures beside it.
  Result<void> write_content(const Turn& turn, bool even_if_empty) {
    std::string text, thinking;
    std::vector<const Image*> images;
    std::vector<const Part*> calls;
    for (const Part* part : turn.parts) {
      if (const auto* image = std::get_if<Image>(&part->body)) {
        images.push_back(image);
      } else if (std::holds_alternative<ToolCall>(part->body)) {
        calls.push_back(part);
      } else if (const auto* reasoning = std::get_if<Reasoning>(&part->body)) {
        thinking += reasoning->text;
      } else if (Result<void> done = add_text(*part, text); !done) {
        return done;
      }
    }
    if (even_if_empty || !text.empty()) json_.field("content", text);
    if (!thinking.empty() && options_.thinking) json_.field("thinking", thinking);
    if (Result<void> done = write_images(images); !done) return done;
    write_calls(calls);
    return {};
  }

  Result<void> add_text(const Part& part, std::string& text) {
    std::string more;
    if (const auto* plain = std::get_if<Text>(&part.body)) {
      more = plain->text;
    } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
      more = declined->text;
    } else if (const auto* document = std::get_if<Document>(&part.body)) {
      if (!is_plain_text(*document)) {
        return unsupported("messages", "messages hold a file, and Ollama takes text and pictures.");
      }
      more = text_of_document(*document);
    } else if (std::holds_alternative<Audio>(part.body)) {
      return unsupported("messages", "messages hold sound, and Ollama takes text and pictures.");
    } else {
      add_dropped(dropped_, "messages.content");
    }
    if (!text.empty() && !more.empty()) text += '\n';
    text += more;
    return {};
  }

  Result<void> write_images(const std::vector<const Image*>& images) {
    if (images.empty()) return {};
    json_.key("images").begin_array();
    for (const Image* image : images) {
      if (image->media.base64.empty()) {
        return unsupported("messages",
                           "messages hold a picture by its address, and Ollama takes only bytes.");
      }
      json_.value(image->media.base64);
    }
    json_.end_array();
    return {};
  }

  void write_calls(const std::vector<const Part*>& calls) {
    if (calls.empty()) return;
    json_.key("tool_calls").begin_array();
    for (const Part* part : calls) {
      const auto& call = std::get<ToolCall>(part->body);
      names_[call.id] = call.name;
      json_.begin_object();
      if (!take::has_word(part->form, "no_id") && !call.id.empty()) json_.field("id", call.id);
      if (!options_.own || !take::has_word(part->form, "untyped")) json_.field("type", "function");
      json_.key("function").begin_object().field("name", call.name);
      json_.key("arguments").raw(arguments_object(call.arguments));
      if (options_.own) take::write_extra(json_, part->extra, "function");
      json_.end_object();
      if (options_.own) take::write_extra(json_, part->extra);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_result(const Turn& turn) {
    const ToolResult& result = *turn.result;
    const std::string& form = turn.result_part->form;
    const auto named = names_.find(result.call_id);
    const std::string& name =
        result.name.empty() && named != names_.end() ? named->second : result.name;
    if (!name.empty() && !take::has_word(form, "no_name")) json_.field("tool_name", name);
    if (!result.call_id.empty() && !take::has_word(form, "no_id")) {
      json_.field("tool_call_id", result.call_id);
    }
  }

  JsonWriter& json_;
  const Content& content_;
  const MessageOptions& options_;
  std::vector<std::string>& dropped_;
  std::map<std::string, std::string> names_;  // of the tool that each call called
};

}  // namespace

Result<void> write_messages(JsonWriter& json, const Content& content, const MessageOptions& options,
                            std::vector<std::string>& dropped) {
  return MessagesWriter(json, content, options, dropped).write();
}

}  // namespace wye::ollama
