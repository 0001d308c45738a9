// OpenAI parts, reading. A member of a type that is not expected is kept raw like one that nobody
// knows: what is odd is the receiver's business. Pure.
#include "dialect/openai_parts.h"

#include <array>

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
    if (key == "text") {
      part.body = Text{std::move(text)};
    } else if (key == "refusal") {
      part.body = Declined{std::move(text)};
    } else {
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

}  // namespace wye::openai
