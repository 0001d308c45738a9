// Anthropic parts, reading. A member of a type that is not expected is kept raw like one that
// nobody knows: what is odd is the receiver's business. Pure.
#include "dialect/anthropic_parts.h"

#include <fmt/format.h>

#include "core/signature.h"

namespace wye::anthropic {
namespace {

// The sources of images and documents.
struct Source {
  Media media;
  std::string text;
  bool known = true;  // the hub has words for it
  Extra extra;
};

// {"type": "content"}: a document made of blocks. Its text is all that others can use.
std::string text_of_content(JsonValue& value) {
  std::vector<Part> parts;
  std::string form;
  read_blocks(value, parts, form);
  std::string out;
  for (const Part& part : parts) {
    const auto* text = std::get_if<Text>(&part.body);
    if (text == nullptr) continue;
    if (!out.empty()) out += '\n';
    out += text->text;
  }
  return out;
}

Source read_source(JsonValue& value) {
  Source out;
  std::string type, data;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) return;
    if (member.key == "data" && take::text(member, data)) return;
    if (member.key == "media_type" && take::text(member, out.media.media_type)) return;
    if (member.key == "url" && take::text(member, out.media.url)) return;
    if (member.key == "file_id" && take::text(member, out.media.file_id)) return;
    if (member.key == "content") {
      out.text = text_of_content(member.value);
      return;
    }
    walk::keep(out.extra, member);
  });
  if (type == "base64") {
    out.media.base64 = std::move(data);
  } else if (type == "text") {
    out.text = std::move(data);
  } else {
    out.known = type == "url" || type == "file";
  }
  return out;
}

// One block; its members are read in whatever order they come, the type decides at the end.
class BlockReader {
 public:
  Part read(JsonValue& value) {
    const std::string_view whole = walk::raw(value);
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (!finish()) {
      part_ = {};
      part_.body = Unknown{.type = std::move(type_), .json = std::string(whole)};
    }
    return std::move(part_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type" && take::text(member, type_)) return;
    if (key == "cache_control" && take_cache(member, part_.cache)) return;
    if (key == "text" && take(member, text_, has_text_)) return;
    if (key == "thinking" && take(member, thinking_, has_thinking_)) return;
    if (key == "signature" && take(member, signature_, has_signature_)) return;
    if (key == "data" && take(member, data_, has_data_)) return;
    if (key == "id" && take::text(member, id_)) return;
    if (key == "name" && take::text(member, name_)) return;
    if (key == "tool_use_id" && take::text(member, result_.call_id)) return;
    if (key == "title" && take::text(member, title_)) return;
    if (key == "is_error") {
      if (const auto flag = walk::boolean_if(member.value)) {
        result_.is_error = *flag;
        return add_word(part_.form, "error");
      }
    }
    if (key == "input") {
      input_ = walk::raw(member.value);
      return;
    }
    if (key == "source" && walk::is_object(member.value)) {
      source_raw_ = walk::raw(member.value);
      source_ = read_source(member.value);
      return;
    }
    if (key == "content") return read_content(member);
    walk::keep(part_.extra, member);
  }

  static bool take(walk::Member& member, std::string& out, bool& seen) {
    seen = take::text(member, out);
    return seen;
  }

  void read_content(walk::Member& member) {
    has_content_ = read_blocks(member.value, result_.parts, part_.form);
    if (!has_content_) walk::keep(part_.extra, member);
  }

  // False when the type is not one that the hub has words for.
  bool finish() {
    if (type_ == "text" && has_text_) {
      part_.body = Text{std::move(text_)};
    } else if (type_ == "tool_use" && input_.starts_with('{')) {
      finish_call();
    } else if (type_ == "tool_result") {
      finish_result();
    } else if (type_ == "thinking" && has_thinking_) {
      part_.body = Reasoning{.text = std::move(thinking_)};
      part_.signature = brought_back(signature_, own_name);
      if (!has_signature_) add_word(part_.form, "unsigned");
    } else if (type_ == "redacted_thinking" && has_data_) {
      part_.body = Reasoning{.text = {}, .summary = false, .encrypted = true};
      part_.signature = brought_back(data_, own_name);
    } else if (type_ == "image" && source_ && source_->known) {
      part_.body = Image{.media = std::move(source_->media), .detail = {}};
      keep_source_extra();
    } else if (type_ == "document" && source_) {
      finish_document();
    } else {
      return false;
    }
    return true;
  }

  void finish_call() {
    IdAndSignature parts = split_id(id_);
    part_.signature = std::move(parts.signature);
    part_.body = ToolCall{std::move(parts.id), std::move(name_), std::string(input_)};
  }

  void finish_result() {
    if (!has_content_) add_word(part_.form, "absent");
    result_.call_id = split_id(result_.call_id).id;
    part_.body = std::move(result_);
  }

  void finish_document() {
    const bool known = source_->known || !source_->text.empty();
    if (!source_->known) part_.extra.push_back({"source", std::string(source_raw_)});
    if (known) keep_source_extra();
    part_.body = Document{.media = std::move(source_->media),
                          .name = {},
                          .title = std::move(title_),
                          .text = std::move(source_->text)};
  }

  void keep_source_extra() {
    for (ExtraMember& member : source_->extra) {
      part_.extra.push_back(
          {fmt::format("source{}{}", take::within, member.name), std::move(member.json)});
    }
  }

  Part part_;
  ToolResult result_;
  std::string type_, text_, thinking_, signature_, data_, id_, name_, title_;
  std::string_view input_, source_raw_;
  std::optional<Source> source_;
  bool has_text_ = false, has_thinking_ = false, has_signature_ = false, has_data_ = false;
  bool has_content_ = false;
};

}  // namespace

bool take_cache(walk::Member& member, std::optional<CacheControl>& out) {
  CacheControl cache;
  bool ephemeral = false;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type") {
      ephemeral = walk::token(each.value) == "\"ephemeral\"";
    } else if (each.key != "ttl" || !take::text(each, cache.ttl)) {
      walk::keep(cache.extra, each);
    }
  });
  if (ephemeral) out = std::move(cache);
  return ephemeral;
}

Part read_block(JsonValue& value) { return BlockReader().read(value); }

bool read_blocks(JsonValue& value, std::vector<Part>& parts, std::string& form) {
  if (const auto text = walk::string_if(value)) {
    parts.emplace_back().body = Text{std::string(*text)};
    return true;
  }
  if (!walk::is_array(value)) return false;
  add_word(form, "parts");
  walk::elements_if(value, [&](JsonValue& each) { parts.push_back(read_block(each)); });
  return true;
}

Message read_message(JsonValue& value) {
  Message message;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "content" && read_blocks(member.value, message.parts, message.form)) return;
    if (member.key == "role") {
      const auto role = role_from(walk::string_if(member.value).value_or(""));
      message.role = role.value_or(Role::user);
      return;
    }
    walk::keep(message.extra, member);
  });
  return message;
}

}  // namespace wye::anthropic
