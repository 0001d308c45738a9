// Gemini contents: one pass over the conversation that looks at types and lengths only. Pure.
#include <algorithm>
#include <string_view>

#include "base/hash.h"
#include "dialect/gemini_ask.h"
#include "dialect/gemini_fields.h"

namespace wye::gemini {
namespace {

// Enough to tell prompts apart, little enough to cost nothing.
constexpr std::size_t prefix_bytes_max = 512;

bool is_role(std::string_view role) {
  return role.empty() || role == "user" || role == "model" || role == "function" ||
         role == "tool" || role == "system";
}

Result<bool> read_role(JsonValue& value) {
  auto role = read_string(value, "role");
  if (!role) return fail(std::move(role.error()));
  if (is_role(*role)) return *role != "model";
  return fail(walk::wrong_value("role", "must be user or model", "invalid_value"));
}

Result<void> missing(std::string_view path) {
  return fail(walk::wrong_value(path, "is missing", "missing_required_parameter"));
}

}  // namespace

std::int64_t ContentsFacts::tokens() const {
  return messages_ * tokens_a_message + tokens_of_bytes(text_bytes_) + media_tokens_;
}

std::uint64_t ContentsFacts::prefix_hash() const {
  if (messages_ == 0) return 0;
  return std::max<std::uint64_t>(mix64(system_prefix_ ^ mix64(first_prefix_)), 1);
}

Result<void> ContentsFacts::read_contents(JsonValue& value) {
  const std::int64_t before = messages_;
  auto done =
      walk::elements(value, "contents", [&](JsonValue& each, std::size_t index) -> Result<void> {
        if (Result<void> one = read_content(each, false); !one) {
          return fail(walk::inside(std::move(one.error()), "contents", index));
        }
        return {};
      });
  if (!done) return done;
  if (messages_ != before) return {};
  return fail(walk::wrong_value("contents", "must not be empty", "empty_array"));
}

Result<void> ContentsFacts::read_system(JsonValue& value) {
  if (Result<void> done = read_content(value, true); !done) {
    return fail(walk::inside(std::move(done.error()), "systemInstruction"));
  }
  return {};
}

Result<void> ContentsFacts::read_embedded(JsonValue& value) {
  if (Result<void> done = read_content(value, false); !done) {
    return fail(walk::inside(std::move(done.error()), "content"));
  }
  return {};
}

Result<void> ContentsFacts::read_content(JsonValue& value, bool system) {
  bool role_seen = false, parts_seen = false, from_user = true;
  std::uint64_t prefix = 0;
  auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
    const bool role = member.key == "role", parts = member.key == "parts";
    if ((role && role_seen) || (parts && parts_seen)) return fail(walk::duplicate(member.key));
    role_seen = role_seen || role;
    parts_seen = parts_seen || parts;
    if (walk::is_null(member.value)) return {};
    if (parts) return read_parts(member.value, prefix);
    if (!role) return {};
    auto user = read_role(member.value);
    if (!user) return fail(std::move(user.error()));
    from_user = *user;
    return {};
  });
  if (!done) return done;
  ++messages_;
  if (system) {
    system_prefix_ = prefix;
  } else if (from_user && !user_seen_) {
    user_seen_ = true;
    first_prefix_ = prefix;
  }
  return {};
}

Result<void> ContentsFacts::read_parts(JsonValue& value, std::uint64_t& prefix) {
  return walk::elements(value, "parts", [&](JsonValue& each, std::size_t index) -> Result<void> {
    if (Result<void> one = read_part(each, prefix); !one) {
      return fail(walk::inside(std::move(one.error()), "parts", index));
    }
    return {};
  });
}

Result<void> ContentsFacts::read_part(JsonValue& value, std::uint64_t& prefix) {
  bool text_seen = false;
  return walk::members(value, "", [&](walk::Member& member) -> Result<void> {
    const std::string_view key = member.key;
    JsonValue& inner = member.value;
    if (key == "text" && std::exchange(text_seen, true)) return fail(walk::duplicate("text"));
    if (walk::is_null(inner)) return {};
    if (key == "text") return read_text(inner, prefix);
    if (is_field(key, "inlineData") || is_field(key, "fileData")) return read_media(inner, key);
    if (!is_field(key, "functionCall") && !is_field(key, "functionResponse")) return {};
    if (!walk::is_object(inner)) return fail(walk::must_be(key, "an object"));
    // Chat templates without tools have no place for a call or its answer.
    needs_.insert(Ability::tools);
    text_bytes_ += walk::raw(inner).size();
    return {};
  });
}

Result<void> ContentsFacts::read_text(JsonValue& value, std::uint64_t& prefix) {
  if (!walk::is_string(value)) return fail(walk::must_be("text", "a string"));
  const std::string_view text = walk::token(value);
  text_bytes_ += text.size() - 2;
  if (!user_seen_) prefix = hash64(text.substr(0, prefix_bytes_max), prefix);
  return {};
}

// What it is decides its kind; a picture, a sound, or anything else, which counts as a document.
Result<void> ContentsFacts::read_media(JsonValue& value, std::string_view name) {
  std::string_view type;
  bool any = false;
  auto done = walk::members(value, name, [&](walk::Member& member) -> Result<void> {
    any = true;
    if (!is_field(member.key, "mimeType") || walk::is_null(member.value)) return {};
    auto text = read_string(member.value, "mimeType");
    if (!text) return fail(walk::inside(std::move(text.error()), name));
    type = *text;
    return {};
  });
  if (!done) return done;
  if (!any) return missing(name);
  const bool image = type.starts_with("image/"), sound = type.starts_with("audio/");
  needs_.insert(image ? Ability::images : sound ? Ability::audio_in : Ability::documents);
  media_tokens_ += image ? tokens_an_image : sound ? tokens_a_sound : tokens_a_document;
  return {};
}

}  // namespace wye::gemini
