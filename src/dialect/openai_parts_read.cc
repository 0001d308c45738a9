// OpenAI parts, reading. A member of a type that is not expected is kept raw like one that nobody
// knows: what is odd is the receiver's business. Pure.
#include "dialect/openai_parts.h"

#include <array>

#include "core/signature.h"
#include "dialect/media_url.h"

namespace wye::openai {
namespace {

void read_cache(walk::Member& member, Part& part) {
  CacheControl cache;
  bool ephemeral = false;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type") {
      ephemeral = walk::token(each.value) == "\"ephemeral\"";
    } else if (each.key != "ttl" || !take::text(each, cache.ttl)) {
      walk::keep(cache.extra, each);
    }
  });
  if (!ephemeral) return walk::keep(part.extra, member);
  part.cache = std::move(cache);
}

void read_image(walk::Member& member, Part& part) {
  Image image;
  if (const auto url = walk::string_if(member.value)) {
    part.form = "bare";
    set_url(image.media, *url);
  }
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string url;
    if (each.key == "url" && take::text(each, url)) return set_url(image.media, url);
    if (each.key == "detail" && take::text(each, image.detail)) return;
    keep_in(part.extra, "image_url", each);
  });
  part.body = std::move(image);
}

void read_audio(walk::Member& member, Part& part) {
  Audio audio;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "data" && take::text(each, audio.media.base64)) return;
    if (each.key == "format" && take::text(each, audio.format)) return;
    keep_in(part.extra, "input_audio", each);
  });
  part.body = std::move(audio);
}

void read_file(walk::Member& member, Part& part) {
  Document document;
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string data;
    if (each.key == "file_data" && take::text(each, data)) {
      set_url(document.media, data);
      // Bare base64 is no address.
      if (!document.media.url.empty() && document.media.url.find(':') == std::string::npos) {
        document.media.base64 = std::exchange(document.media.url, {});
      }
      return;
    }
    if (each.key == "file_id" && take::text(each, document.media.file_id)) return;
    if (each.key == "filename" && take::text(each, document.name)) return;
    keep_in(part.extra, "file", each);
  });
  part.body = std::move(document);
}

// Mistral: {"type": "thinking", "thinking": [{"type": "text", "text": ...}]}. Anything richer is
// kept whole; false then.
bool read_thinking(walk::Member& member, Part& part) {
  Reasoning reasoning;
  int pieces = 0;
  bool plain = walk::is_array(member.value);
  walk::elements_if(member.value, [&](JsonValue& each) {
    ++pieces;
    walk::members_if(each, [&](walk::Member& inner) {
      if (inner.key == "type") {
        plain = plain && walk::token(inner.value) == "\"text\"";
      } else if (inner.key != "text" || !take::text(inner, reasoning.text)) {
        plain = false;
      }
    });
  });
  if (!plain || pieces != 1) return false;
  part.form = "thinking";
  part.body = std::move(reasoning);
  return true;
}

// What a content part says about itself: its type, and whether a body of that type was found.
struct PartReading {
  std::string type;
  std::string body;  // the member that the body was read from
  bool odd = false;
};

void read_part_member(walk::Member& member, Part& part, PartReading& reading) {
  const std::string_view key = member.key;
  std::string text;
  if (key == "type" && take::text(member, reading.type)) return;
  if (key == "cache_control") return read_cache(member, part);
  const bool first = reading.body.empty();
  if (first && (key == "text" || key == "refusal" || key == "document_url")) {
    if (!take::text(member, text)) {
      reading.odd = true;
      return;
    }
    if (key == "text") part.body = Text{std::move(text)};
    if (key == "refusal") part.body = Declined{std::move(text)};
    if (key == "document_url") {
      Document document;
      set_url(document.media, text);
      part.body = std::move(document);
      part.form = "document_url";
    }
  } else if (first && key == "image_url") {
    read_image(member, part);
  } else if (first && key == "input_audio") {
    read_audio(member, part);
  } else if (first && key == "file") {
    read_file(member, part);
  } else if (first && key == "thinking") {
    reading.odd = !read_thinking(member, part) || reading.odd;
  } else {
    return walk::keep(part.extra, member);
  }
  reading.body = key;
}

void take_name(Part& part) {
  Document* document = std::get_if<Document>(&part.body);
  if (document == nullptr || part.form != "document_url") return;
  std::erase_if(part.extra, [&](const ExtraMember& member) {
    if (member.name != "document_name" || member.json.front() != '"') return false;
    return append_unescaped(document->name, member.json);
  });
}

void read_function(walk::Member& member, Part& part, ToolCall& call, bool& arguments) {
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "name" && take::text(each, call.name)) return;
    if (each.key == "arguments" && !walk::is_null(each.value)) {
      arguments = true;
      if (take::text(each, call.arguments)) return;
      call.arguments = walk::raw(each.value);
      return add_word(part.form, "object");
    }
    keep_in(part.extra, "function", each);
  });
}

Part read_tool_call(JsonValue& value) {
  Part part;
  ToolCall call;
  bool typed = false, function = false, arguments = false;
  std::string type;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) {
      typed = true;
    } else if (member.key == "id" && take::text(member, call.id)) {
      IdAndSignature apart = split_id(call.id);
      call.id = std::move(apart.id);
      part.signature = std::move(apart.signature);
    } else if (member.key == "function" && walk::is_object(member.value)) {
      function = true;
      read_function(member, part, call, arguments);
    } else {
      walk::keep(part.extra, member);
    }
  });
  if (!function || (typed && type != "function")) {
    Part unknown;
    unknown.body = Unknown{.type = type, .json = std::string(whole)};
    unknown.form = "tool_calls";
    return unknown;
  }
  if (!typed) add_word(part.form, "untyped");
  if (!arguments) add_word(part.form, "no_arguments");
  part.body = std::move(call);
  return part;
}

// OpenRouter: {"type": "reasoning.text", "text": ..., "signature": ..., "format": ...}, or
// reasoning.summary with `summary`, or reasoning.encrypted with `data`.
Part read_detail(JsonValue& value) {
  Part part;
  Reasoning reasoning;
  part.form = "detail";
  walk::members_if(value, [&](walk::Member& member) {
    std::string text;
    if (member.key == "type" && take::text(member, text)) {
      reasoning.summary = text == "reasoning.summary";
      reasoning.encrypted = text == "reasoning.encrypted";
      part.extra.push_back({"type", std::string(walk::raw(member.value))});
    } else if ((member.key == "text" || member.key == "summary") &&
               take::text(member, reasoning.text)) {
      add_word(part.form, member.key);
    } else if ((member.key == "signature" || member.key == "data") &&
               take::text(member, part.signature.data)) {
      add_word(part.form, member.key);
    } else if (member.key == "format" && take::text(member, part.signature.maker)) {
      return;
    } else {
      walk::keep(part.extra, member);
    }
  });
  part.body = std::move(reasoning);
  return part;
}

// Reads one message; parts in the order in which models make them: thoughts, text, calls.
class MessageReader {
 public:
  Message read(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    take_carried();
    add(reasoning_);
    add(details_);
    if (is_tool()) {
      add_tool_result();
    } else {
      add(content_);
    }
    add(refusal_);
    add(calls_);
    if (!content_seen_) add_word(message_.form, "absent");
    return std::move(message_);
  }

 private:
  void read_member(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    std::string text;
    if (key == "content") return read_content(member);
    if (key == "role" && take::text(member, text)) return set_role(text, member);
    if (key == "name" && take::text(member, message_.name)) return;
    if (key == "tool_call_id" && take::text(member, result_.call_id)) {
      result_.call_id = split_id(result_.call_id).id;
      return;
    }
    if (key == "refusal" && take::text(member, text)) {
      Part& part = refusal_.emplace_back();
      part.body = Declined{std::move(text)};
      part.form = "refusal";
    } else if ((key == "reasoning_content" || key == "reasoning") && take::text(member, text)) {
      Part& part = reasoning_.emplace_back();
      part.body = Reasoning{std::move(text)};
      part.form = key;
    } else if (key == "reasoning_details" && has_elements(value)) {
      walk::elements_if(value, [&](JsonValue& each) { details_.push_back(read_detail(each)); });
    } else if (key == "tool_calls" && has_elements(value)) {
      walk::elements_if(value, [&](JsonValue& each) { calls_.push_back(read_tool_call(each)); });
    } else if (key == "function_call" && walk::is_object(value)) {
      read_function_call(member);
    } else {
      walk::keep(message_.extra, member);
    }
  }

  static bool has_elements(JsonValue& value) {
    return walk::is_array(value) &&
           walk::raw(value).find_first_not_of(" \t\r\n", 1) != walk::raw(value).size() - 1;
  }

  void set_role(const std::string& text, walk::Member& member) {
    if (text == "function") {
      message_.role = Role::tool;
      return add_word(message_.form, "function");
    }
    if (const auto role = role_from(text)) {
      message_.role = *role;
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
      add_word(message_.form, "parts");
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.push_back(read_part(each)); });
    } else {
      add_word(message_.form, "null");
    }
  }

  void read_function_call(walk::Member& member) {
    Part& part = calls_.emplace_back();
    ToolCall call;
    bool arguments = false;
    part.form = "function_call";
    read_function(member, part, call, arguments);
    if (!arguments) add_word(part.form, "no_arguments");
    part.body = std::move(call);
  }

  bool is_tool() const { return message_.role == Role::tool; }

  void add_tool_result() {
    result_.name = std::exchange(message_.name, {});
    result_.parts = std::move(content_);
    message_.parts.emplace_back().body = std::move(result_);
  }

  // What the client was given to carry goes back to its text, and is no detail any more.
  void take_carried() {
    std::erase_if(details_, [this](const Part& detail) {
      const Signature& given = detail.signature;
      if (given.maker != carried_format || !given.data.starts_with(signature_mark)) return false;
      if (!content_.empty()) content_.back().signature = brought_back(given.data, {});
      return true;
    });
  }

  // The text of `reasoning` is that of the details again; as a part it would be said twice.
  void add(std::vector<Part>& parts) {
    if (&parts == &reasoning_ && !details_.empty()) {
      for (Part& part : parts) keep_again(part);
      return;
    }
    for (Part& part : parts) message_.parts.push_back(std::move(part));
  }

  void keep_again(Part& part) {
    std::string json;
    append_json_string(json, std::get<Reasoning>(part.body).text);
    message_.extra.push_back({part.form, std::move(json)});
  }

  Message message_;
  ToolResult result_;
  std::vector<Part> content_, reasoning_, details_, refusal_, calls_;
  bool content_seen_ = false;
};

}  // namespace

Part read_part(JsonValue& value) {
  Part part;
  PartReading reading;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) { read_part_member(member, part, reading); });
  take_name(part);
  if (reading.type == reading.body && !reading.odd && !reading.body.empty()) return part;
  Part unknown;
  unknown.body = Unknown{.type = std::move(reading.type), .json = std::string(whole)};
  return unknown;
}

Message read_message(JsonValue& value) { return MessageReader().read(value); }

}  // namespace wye::openai
