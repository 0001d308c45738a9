// Cohere parts, reading. What is odd is kept raw: it is the receiver's business. Pure.
#include "core/signature.h"
#include "dialect/cohere_parts.h"
#include "dialect/function_tools.h"
#include "dialect/media_url.h"
#include "dialect/take.h"

namespace wye::cohere {
namespace {

void read_image(walk::Member& member, Part& part) {
  Image image;
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string url;
    if (each.key == "url" && take::text(each, url)) {
      image.media = media_from_url(url);
    } else if (each.key != "detail" || !take::text(each, image.detail)) {
      take::keep_in(part.extra, "image_url", each);
    }
  });
  part.body = std::move(image);
}

// {"title": ..., "text": ...}: members are the client's own, and only by custom are there these
// two.
void read_data(JsonValue& value, Document& document) {
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "title" && take::text(member, document.title)) return;
    if (member.key == "text" || member.key == "snippet") (void)take::text(member, document.text);
  });
  if (document.text.empty()) document.text = whole;
}

Part read_part(JsonValue& value) {
  Part part;
  std::string type, text;
  bool known = false;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) return;
    if (!known && (member.key == "text" || member.key == "thinking") && take::text(member, text)) {
      known = true;
      if (member.key == "text") {
        part.body = Text{std::move(text)};
      } else {
        part.body = Reasoning{std::move(text)};
      }
    } else if (!known && member.key == "image_url" && walk::is_object(member.value)) {
      known = true;
      read_image(member, part);
    } else if (!known && member.key == "document") {
      known = true;
      part = read_document(member.value);
    } else {
      walk::keep(part.extra, member);
    }
  });
  if (known) return part;
  Part unknown;
  unknown.body = Unknown{.type = std::move(type), .json = std::string(whole)};
  return unknown;
}

class MessageReader {
 public:
  Message read(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (!content_seen_) take::add_word(message_.form, "absent");
    if (message_.role == Role::tool) {
      result_.parts = std::move(content_);
      message_.parts.emplace_back().body = std::move(result_);
      return std::move(message_);
    }
    for (auto* parts : {&plan_, &content_, &calls_}) {
      for (Part& part : *parts) message_.parts.push_back(std::move(part));
    }
    return std::move(message_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    std::string text;
    if (key == "content") return read_content(member);
    if (key == "role" && take::text(member, text)) {
      message_.role = role_from(text).value_or(Role::user);
    } else if (key == "tool_call_id" && take::text(member, text)) {
      result_.call_id = split_id(text).id;
    } else if (key == "tool_plan" && take::text(member, text)) {
      Part& part = plan_.emplace_back();
      part.body = Reasoning{std::move(text)};
      part.form = "tool_plan";
    } else if (key == "tool_calls" && has_elements(member.value)) {
      walk::elements_if(member.value, [&](JsonValue& each) { read_call(each); });
    } else {
      walk::keep(message_.extra, member);
    }
  }

  void read_content(walk::Member& member) {
    content_seen_ = true;
    std::string text;
    if (take::text(member, text)) {
      content_.emplace_back().body = Text{std::move(text)};
    } else if (walk::is_array(member.value)) {
      take::add_word(message_.form, "parts");
      content_ = read_parts(member.value);
    } else {
      take::add_word(message_.form, "null");
    }
  }

  static bool has_elements(JsonValue& value) {
    return walk::is_array(value) && walk::raw(value).find('{') != std::string_view::npos;
  }

  // The id may carry what the maker of the call wants back.
  void read_call(JsonValue& value) {
    Part part = read_function_call(value);
    auto& call = std::get<ToolCall>(part.body);
    IdAndSignature split = split_id(call.id);
    call.id = std::move(split.id);
    part.signature = std::move(split.signature);
    calls_.push_back(std::move(part));
  }

  Message message_;
  ToolResult result_;
  std::vector<Part> plan_, content_, calls_;
  bool content_seen_ = false;
};

}  // namespace

Message read_message(JsonValue& value) { return MessageReader().read(value); }

std::vector<Part> read_parts(JsonValue& list) {
  std::vector<Part> parts;
  walk::elements_if(list, [&](JsonValue& each) { parts.push_back(read_part(each)); });
  return parts;
}

Part read_document(JsonValue& value) {
  Part part;
  Document document;
  part.extra.push_back({"document", std::string(walk::raw(value))});
  if (const auto text = walk::string_if(value)) document.text = *text;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "id" && take::text(member, document.name)) return;
    if (member.key != "data" || take::text(member, document.text)) return;
    read_data(member.value, document);
  });
  part.body = std::move(document);
  return part;
}

}  // namespace wye::cohere
