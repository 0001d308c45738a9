// Responses items, reading. An item of a type that is not known, or with a member of a type that is
// not expected, is kept whole: what is odd is the receiver's business. Pure.
#include <array>
#include <utility>

#include "core/signature.h"
#include "dialect/media_url.h"
#include "dialect/responses.h"
#include "dialect/responses_items.h"
#include "dialect/take.h"

namespace wye::responses {
namespace {

using take::add_word;

constexpr std::array<std::string_view, 5> text_types{"input_text", "output_text", "text",
                                                     "summary_text", "reasoning_text"};

bool is_text_type(std::string_view type) {
  for (const std::string_view each : text_types) {
    if (each == type) return true;
  }
  return false;
}

// Bare base64 is no address.
void set_file_data(Media& media, std::string_view data) {
  set_url(media, data);
  if (!media.url.empty() && media.url.find(':') == std::string::npos) {
    media.base64 = std::exchange(media.url, {});
  }
}

// One element of a content list. The type may come last, so everything is collected first.
class PartReader {
 public:
  Part read(JsonValue& value) {
    const std::string_view whole = walk::raw(value);
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (is_text_type(type_) && seen_text_) {
      part_.body = Text{std::move(text_)};
      part_.form = type_;
    } else if (type_ == "refusal" && seen_refusal_) {
      part_.body = Declined{std::move(text_)};
    } else if (type_ == "input_image") {
      part_.body = std::move(image_);
    } else if (type_ == "input_file") {
      part_.body = std::move(file_);
    } else {
      Part unknown;
      unknown.body = Unknown{.type = std::move(type_), .json = std::string(whole)};
      return unknown;
    }
    return std::move(part_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    std::string text;
    if (key == "type" && take::text(member, type_)) return;
    if (key == "text" && take::text(member, text_)) {
      seen_text_ = true;
    } else if (key == "refusal" && take::text(member, text_)) {
      seen_refusal_ = true;
    } else if (key == "image_url" && take::text(member, text)) {
      set_url(image_.media, text);
    } else if (key == "detail" && take::text(member, image_.detail)) {
      return;
    } else if (key == "file_id" && take::text(member, text)) {
      image_.media.file_id = text;
      file_.media.file_id = text;
    } else if (key == "file_url" && take::text(member, file_.media.url)) {
      return;
    } else if (key == "file_data" && take::text(member, text)) {
      set_file_data(file_.media, text);
    } else if (key == "filename" && take::text(member, file_.name)) {
      return;
    } else {
      walk::keep(part_.extra, member);
    }
  }

  Part part_;
  std::string type_, text_;
  bool seen_text_ = false, seen_refusal_ = false;
  Image image_;
  Document file_;
};

void add_paragraph(std::string& out, std::string_view text) {
  if (text.empty()) return;
  if (!out.empty()) out += paragraph_end;
  out += text;
}

class ItemReader {
 public:
  explicit ItemReader(std::vector<Message>& messages) : messages_(messages) {}

  void read(JsonValue& value) {
    const std::string_view whole = walk::raw(value);
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (!take_item()) add_unknown(whole);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type" && take::text(member, type_)) return;
    if (key == "role" && take::text(member, role_)) return;
    if (key == "content") return read_content(member);
    if (key == "output") return read_output(member);
    if (key == "summary") return read_summary(member);
    if (key == "call_id" && take::text(member, call_id_)) {
      has_call_id_ = true;
    } else if (key == "name" && take::text(member, name_)) {
      has_name_ = true;
    } else if (key == "arguments" && take::text(member, arguments_)) {
      has_arguments_ = true;
    } else if (key != "encrypted_content" || !take::text(member, encrypted_)) {
      walk::keep(extra_, member);
    }
  }

  void read_content(walk::Member& member) {
    content_json_ = walk::raw(member.value);
    std::string text;
    if (take::text(member, text)) {
      content_.emplace_back().body = Text{std::move(text)};
      has_content_ = true;
    } else if (walk::is_array(member.value)) {
      list_ = has_content_ = true;
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.push_back(PartReader().read(each)); });
    }
  }

  void read_summary(walk::Member& member) {
    walk::keep(extra_, member);
    walk::elements_if(member.value, [&](JsonValue& each) {
      const Part part = PartReader().read(each);
      if (const auto* text = std::get_if<Text>(&part.body)) add_paragraph(summary_, text->text);
    });
  }

  void read_output(walk::Member& member) {
    std::string text;
    if (take::text(member, text)) {
      output_.emplace_back().body = Text{std::move(text)};
      has_output_ = true;
    } else if (walk::is_array(member.value)) {
      output_list_ = has_output_ = true;
      walk::elements_if(member.value,
                        [&](JsonValue& each) { output_.push_back(PartReader().read(each)); });
    }
  }

  // False when this is none of the items that the hub has words for.
  bool take_item() {
    if (type_ == "message" || (type_.empty() && !role_.empty())) return take_message();
    if (type_ == "function_call") return take_call();
    if (type_ == "function_call_output") return take_result();
    return type_ == "reasoning" && take_reasoning();
  }

  bool take_message() {
    const auto role = role_from(role_);
    if (!role || *role == Role::tool || !has_content_) return false;
    const bool assistant = *role == Role::assistant;
    usual_types(assistant);
    if (assistant) return take_assistant();
    Message& message = messages_.emplace_back();
    message.role = *role;
    message.parts = std::move(content_);
    message.extra = std::move(extra_);
    if (!type_.empty()) add_word(message.form, "typed");
    if (list_) add_word(message.form, "list");
    return true;
  }

  bool take_assistant() {
    if (content_.empty()) return false;
    Part& first = content_.front();
    add_word(first.form, "item");
    if (!type_.empty()) add_word(first.form, "typed");
    if (list_) add_word(first.form, "list");
    for (ExtraMember& member : extra_) {
      first.extra.push_back(
          {"item" + std::string(1, take::within) + member.name, std::move(member.json)});
    }
    std::vector<Part>& parts = assistant_parts();
    for (Part& part : content_) parts.push_back(std::move(part));
    return true;
  }

  void usual_types(bool assistant) {
    const std::string_view usual = assistant ? "output_text" : "input_text";
    for (Part& part : content_) {
      if (part.form == usual) part.form.clear();
    }
  }

  bool take_call() {
    if (!has_call_id_ || !has_name_ || !has_arguments_) return false;
    IdAndSignature id = split_id(call_id_);
    Part& part = assistant_parts().emplace_back();
    part.body = ToolCall{std::move(id.id), std::move(name_), std::move(arguments_)};
    part.signature = std::move(id.signature);
    part.extra = std::move(extra_);
    return true;
  }

  bool take_result() {
    if (!has_call_id_ || !has_output_) return false;
    for (Part& part : output_) {
      if (part.form == "input_text") part.form.clear();
    }
    Message& message = messages_.emplace_back();
    message.role = Role::tool;
    if (output_list_) add_word(message.form, "list");
    message.extra = std::move(extra_);
    ToolResult result;
    result.call_id = split_id(call_id_).id;
    result.parts = std::move(output_);
    message.parts.emplace_back().body = std::move(result);
    return true;
  }

  // Without text and ciphertext it is but a reference to what the provider keeps.
  bool take_reasoning() {
    std::string thought;
    for (const Part& part : content_) {
      if (const auto* text = std::get_if<Text>(&part.body)) add_paragraph(thought, text->text);
    }
    const bool summary = thought.empty() && !summary_.empty();
    if (summary) thought = std::move(summary_);
    if (thought.empty() && encrypted_.empty()) return false;
    if (!content_json_.empty()) extra_.push_back({"content", std::string(content_json_)});
    Part& part = assistant_parts().emplace_back();
    const bool encrypted = thought.empty();
    part.body = Reasoning{std::move(thought), summary, encrypted};
    part.signature = brought_back(encrypted_, own_name);
    part.extra = std::move(extra_);
    return true;
  }

  void add_unknown(std::string_view whole) {
    assistant_parts().emplace_back().body =
        Unknown{.type = type_.empty() ? "message" : type_, .json = std::string(whole)};
  }

  std::vector<Part>& assistant_parts() {
    if (messages_.empty() || messages_.back().role != Role::assistant) {
      messages_.emplace_back().role = Role::assistant;
    }
    return messages_.back().parts;
  }

  std::vector<Message>& messages_;
  std::string type_, role_, call_id_, name_, arguments_, encrypted_, summary_;
  std::string_view content_json_;
  bool has_call_id_ = false, has_name_ = false, has_arguments_ = false;
  bool has_content_ = false, list_ = false, has_output_ = false, output_list_ = false;
  std::vector<Part> content_, output_;
  Extra extra_;
};

}  // namespace

void read_item(JsonValue& value, std::vector<Message>& messages) {
  ItemReader(messages).read(value);
}

}  // namespace wye::responses
