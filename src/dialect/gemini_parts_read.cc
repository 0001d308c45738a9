// Gemini parts, reading. A member of a type that is not expected is kept raw like one that nobody
// knows: what is odd is the receiver's business. Pure.
#include <array>

#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_signature.h"

namespace wye::gemini {
namespace {

// Files of Google's that nobody else can open.
bool is_own_file(std::string_view address) {
  return address.starts_with("gs://") ||
         address.find("generativelanguage.googleapis.com/") != std::string_view::npos ||
         address.find("://") == std::string_view::npos;
}

void read_inline(walk::Member& member, Part& part) {
  Media media;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "data" && take_text(each, media.base64)) return;
    if (is_field(each.key, "mimeType") && take_text(each, media.media_type)) return;
    keep_in(part.extra, "inlineData", each);
  });
  part.body = media_body(std::move(media));
}

void read_file(walk::Member& member, Part& part) {
  Media media;
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string address;
    if (is_field(each.key, "fileUri") && take_text(each, address)) {
      (is_own_file(address) ? media.file_id : media.url) = std::move(address);
      return;
    }
    if (is_field(each.key, "mimeType") && take_text(each, media.media_type)) return;
    keep_in(part.extra, "fileData", each);
  });
  part.body = media_body(std::move(media));
}

void read_call(walk::Member& member, Part& part) {
  ToolCall call;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "id" && take_text(each, call.id)) return;
    if (each.key == "name" && take_text(each, call.name)) return;
    if (each.key == "args" && walk::is_object(each.value)) {
      call.arguments = walk::raw(each.value);
      return;
    }
    keep_in(part.extra, "functionCall", each);
  });
  if (call.id.empty()) add_word(part.form, "no_id");
  if (call.arguments.empty()) {
    add_word(part.form, "no_args");
    call.arguments = "{}";
  }
  part.body = std::move(call);
}

// {"output": "text"}, {"result": "text"} or {"error": "text"} is that text to others; any other
// object is its JSON.
std::vector<Part> response_parts(JsonValue& response, bool& is_error) {
  std::string text(walk::raw(response));
  std::string only;
  std::string_view name;
  int members = 0;
  walk::members_if(response, [&](walk::Member& member) {
    ++members;
    for (const std::string_view each : {"output", "result", "error"}) {
      if (member.key == each && take_text(member, only)) name = each;
    }
  });
  is_error = members == 1 && name == "error";
  if (members == 1 && !name.empty()) text = std::move(only);
  std::vector<Part> out(1);
  out.front().body = Text{std::move(text)};
  return out;
}

void read_response(walk::Member& member, From from, Part& part) {
  ToolResult result;
  std::vector<Part> media;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "id" && take_text(each, result.call_id)) return;
    if (each.key == "name" && take_text(each, result.name)) return;
    if (each.key == "response" && walk::is_object(each.value)) {
      keep_in(part.extra, "functionResponse", each);
      result.parts = response_parts(each.value, result.is_error);
      return;
    }
    if (each.key == "parts" && walk::is_array(each.value)) {
      walk::elements_if(each.value, [&](JsonValue& one) { media.push_back(read_part(one, from)); });
      return;
    }
    keep_in(part.extra, "functionResponse", each);
  });
  if (result.call_id.empty()) add_word(part.form, "no_id");
  for (Part& each : media) result.parts.push_back(std::move(each));
  part.body = std::move(result);
}

// What a part says about itself.
struct PartReading {
  std::string body;  // the member that the body was read from
  bool thought = false;
  bool odd = false;
};

bool read_body(walk::Member& member, From from, Part& part) {
  const std::string_view key = member.key;
  if (key == "text") {
    std::string text;
    if (!take_text(member, text)) return false;
    part.body = Text{std::move(text)};
    return true;
  }
  if (!walk::is_object(member.value)) return false;
  if (is_field(key, "inlineData")) {
    read_inline(member, part);
  } else if (is_field(key, "fileData")) {
    read_file(member, part);
  } else if (is_field(key, "functionCall")) {
    read_call(member, part);
  } else if (is_field(key, "functionResponse")) {
    read_response(member, from, part);
  } else {
    return false;
  }
  return true;
}

// Members that are a body of their own, which only Google's knows.
bool is_foreign_body(std::string_view key) {
  constexpr std::array<std::string_view, 4> names{"executableCode", "codeExecutionResult",
                                                  "toolCall", "toolResponse"};
  for (const std::string_view name : names) {
    if (is_field(key, name)) return true;
  }
  return false;
}

void read_member(walk::Member& member, From from, Part& part, PartReading& reading) {
  const std::string_view key = member.key;
  if (walk::is_null(member.value)) return;
  std::string text;
  if (key == "thought" && walk::token(member.value) == "true") {
    reading.thought = true;
  } else if (is_field(key, "thoughtSignature") && take_text(member, text)) {
    part.signature =
        from == From::client ? signature_from_client(text) : signature_of_provider(text);
  } else if (is_foreign_body(key)) {
    reading.odd = true;
    reading.body = key;
  } else if (reading.body.empty() && read_body(member, from, part)) {
    reading.body = key;
  } else if (key != "thought") {  // false is the default
    keep_given(part.extra, member);
  }
}

}  // namespace

PartBody media_body(Media media) {
  if (media.media_type.starts_with("image/")) return Image{std::move(media), {}};
  if (media.media_type.starts_with("audio/")) {
    std::string format = media.media_type.substr(std::string_view("audio/").size());
    if (format == "mpeg") format = "mp3";
    return Audio{std::move(media), std::move(format)};
  }
  Document document;
  document.media = std::move(media);
  return document;
}

Part read_part(JsonValue& value, From from) {
  Part part;
  PartReading reading;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) { read_member(member, from, part, reading); });
  const bool bare_thought = reading.body.empty() && (reading.thought || !part.signature.empty());
  if (reading.thought && reading.body == "text") {
    part.body = Reasoning{std::move(std::get<Text>(part.body).text)};
  } else if (bare_thought) {
    // A signature with nothing to sign.
    part.body = Reasoning{};
    if (!reading.thought) add_word(part.form, "no_thought");
    add_word(part.form, "no_text");
  } else if (reading.odd || reading.body.empty()) {
    Part unknown;
    unknown.body = Unknown{.type = std::move(reading.body), .json = std::string(whole)};
    return unknown;
  } else if (reading.thought) {
    part.extra.push_back({"thought", "true"});
  }
  return part;
}

}  // namespace wye::gemini
