// OpenAI messages: one pass over the conversation that looks at types and lengths only. Pure.
#include "dialect/openai_messages.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/hash.h"
#include "dialect/json_walk.h"
#include "dialect/openai_ask.h"

namespace wye::openai {
namespace {

// Eight bytes at a step: the house's byte-wise hash would cost more than reading the request.
std::uint64_t hash_words(std::string_view text, std::uint64_t hash) {
  constexpr std::uint64_t odd = 0x9fb21c651e98df25ULL;
  hash ^= text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = (hash ^ word) * odd;
    hash ^= hash >> 29;
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data(), text.size());
  return mix64(hash ^ rest);
}

class MessageReader {
 public:
  explicit MessageReader(MessageFacts& facts) : facts_(facts) {}

  Result<void> read(JsonValue& messages) {
    std::size_t count = 0;
    auto done = walk::elements(
        messages, "messages", [&](JsonValue& each, std::size_t index) -> Result<void> {
          ++count;
          if (Result<void> one = read_message(each); !one) {
            return fail(walk::inside(std::move(one.error()), "messages", index));
          }
          return {};
        });
    if (!done) return done;
    if (count == 0) {
      return fail(walk::wrong_value("messages", "must not be empty", "empty_array"));
    }
    facts_.tokens += static_cast<std::int64_t>(count) * tokens_a_message + tokens_a_request +
                     tokens_of_bytes(text_bytes_);
    return {};
  }

 private:
  struct Seen {
    bool role = false, content = false, tool_calls = false, tool_call_id = false;
    char role_first = 0;  // first letter, which tells roles apart
    std::uint64_t prefix = 0;
  };

  Result<void> read_message(JsonValue& value) {
    Seen seen;
    auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      if (member.key == "content") return read_content(member.value, seen);
      if (member.key == "role") return read_role(member.value, seen);
      if (member.key == "tool_calls") return read_tool_calls(member.value, seen);
      return {};
    });
    if (!done) return done;
    if (!seen.role) {
      return fail(walk::wrong_value("role", "is missing", "missing_required_parameter"));
    }
    add_prefix(seen);
    return {};
  }

  Result<void> read_role(JsonValue& value, Seen& seen) {
    if (seen.role) return fail(walk::duplicate("role"));
    seen.role = true;
    auto role = read_string(value, "role");
    if (!role) return fail(std::move(role.error()));
    const bool tool = *role == "tool" || *role == "function";
    if (!tool && !role_from(*role)) {
      return fail(walk::wrong_value(
          "role", "must be system, developer, user, assistant, tool or function", "invalid_value"));
    }
    // Chat templates without tools have no place for a tool's answer.
    if (tool) facts_.needs.insert(Ability::tools);
    facts_.calls = facts_.calls || tool;
    facts_.developer = facts_.developer || *role == "developer";
    seen.role_first = role->front();
    return {};
  }

  Result<void> read_content(JsonValue& value, Seen& seen) {
    if (seen.content) return fail(walk::duplicate("content"));
    seen.content = true;
    const char first = walk::first_char(value);
    if (first == '"') return read_text(value, seen);
    if (first == '[') return read_parts(value, seen);
    if (walk::is_null(value)) return {};
    return fail(walk::must_be("content", "a string or an array of parts"));
  }

  Result<void> read_text(JsonValue& value, Seen& seen) {
    const std::string_view text = walk::token(value);
    text_bytes_ += text.size() - 2;
    if (!prefix_done_) seen.prefix = hash_words(text.substr(0, prefix_bytes_max), seen.prefix);
    return {};
  }

  Result<void> read_parts(JsonValue& value, Seen& seen) {
    return walk::elements(value, "content",
                          [&](JsonValue& each, std::size_t index) -> Result<void> {
                            if (Result<void> done = read_part(each, seen); !done)
                              return fail(walk::inside(std::move(done.error()), "content", index));
                            return {};
                          });
  }

  // The type may come after the body, so the member that carries the body decides what the part is.
  Result<void> read_part(JsonValue& value, Seen& seen) {
    bool typed = false;
    auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      JsonValue& inner = member.value;
      if (member.key == "type") {
        if (typed) return fail(walk::duplicate("type"));
        typed = true;
        auto type = read_string(inner, "type");
        if (!type) return fail(std::move(type.error()));
        return {};
      }
      if (member.key == "text" || member.key == "refusal") {
        if (walk::is_string(inner)) return read_text(inner, seen);
        return fail(walk::must_be(member.key, "a string"));
      }
      if (member.key == "image_url") return read_image(inner);
      if (member.key == "input_audio") return add(Ability::audio_in, tokens_a_sound);
      if (member.key == "file" || member.key == "document_url") {
        return add(Ability::documents, tokens_a_document);
      }
      return {};
    });
    if (!done) return done;
    if (typed) return {};
    return fail(walk::wrong_value("type", "is missing", "missing_required_parameter"));
  }

  Result<void> add(Ability need, std::int64_t tokens) {
    facts_.needs.insert(need);
    facts_.tokens += tokens;
    return {};
  }

  // {"url": ..., "detail": ...}, or the bare address (Mistral).
  Result<void> read_image(JsonValue& value) {
    if (!walk::is_object(value)) return add(Ability::images, tokens_an_image);
    std::int64_t tokens = tokens_an_image;
    auto done = walk::members(value, "image_url", [&](walk::Member& member) -> Result<void> {
      if (member.key == "detail" && walk::token(member.value) == "\"low\"") {
        tokens = tokens_a_small_image;
      }
      if (member.key == "url" && !walk::is_string(member.value)) {
        return fail(walk::must_be("image_url.url", "a string"));
      }
      return {};
    });
    facts_.needs.insert(Ability::images);
    facts_.tokens += tokens;
    return done;
  }

  Result<void> read_tool_calls(JsonValue& value, Seen& seen) {
    if (seen.tool_calls) return fail(walk::duplicate("tool_calls"));
    seen.tool_calls = true;
    if (walk::is_null(value)) return {};
    return walk::elements(
        value, "tool_calls", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (!walk::is_object(each)) {
            return fail(walk::inside(walk::must_be("", "an object"), "tool_calls", index));
          }
          facts_.needs.insert(Ability::tools);
          facts_.calls = true;
          text_bytes_ += walk::raw(each).size();
          return {};
        });
  }

  // A conversation is recognised by its instructions and by how its user opened it.
  void add_prefix(const Seen& seen) {
    if (prefix_done_ || seen.role_first == 't' || seen.role_first == 'f') return;
    facts_.prefix_hash = hash_words({&seen.role_first, 1}, facts_.prefix_hash ^ seen.prefix);
    if (facts_.prefix_hash == 0) facts_.prefix_hash = 1;
    prefix_done_ = seen.role_first == 'u';
  }

  MessageFacts& facts_;
  std::size_t text_bytes_ = 0;
  bool prefix_done_ = false;
};

}  // namespace

Result<void> read_message_facts(JsonValue& messages, MessageFacts& out) {
  return MessageReader(out).read(messages);
}

}  // namespace wye::openai
