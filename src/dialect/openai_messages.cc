// OpenAI messages: one pass over the conversation that looks at types and lengths only. Pure.
#include "dialect/openai_messages.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "dialect/json_walk.h"
#include "wire/json_tokens.h"
#include "wire/token_estimate.h"

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

// Members of sounds and files that are texts.
bool is_media_text(std::string_view key) {
  return key == "data" || key == "format" || key == "file_data" || key == "file_id" ||
         key == "filename";
}

// Refuses with `false`; the Fault waits in `refusal_`, since a Fault is large and a conversation
// has thousands of values that are in order.
class MessageFactsReader {
 public:
  MessageFactsReader(JsonValue& messages, MessageFacts& facts)
      : messages_(messages), tokens_(messages), facts_(facts) {}

  Result<void> read() {
    std::size_t count = 0;
    const bool done = tokens_.is_array() ? tokens_.elements([&](std::size_t index) {
      ++count;
      return read_message() || refuse_inside("messages", index);
    })
                                         : refuse(walk::must_be("messages", "an array"));
    if (!done) return fail(std::move(refusal_));
    if (count == 0) {
      return fail(walk::wrong_value("messages", "must not be empty", "empty_array"));
    }
    tokens_.finish(messages_);
    facts_.tokens += static_cast<std::int64_t>(count) * tokens_a_message + tokens_a_request +
                     tokens_of_bytes(text_bytes_);
    return {};
  }

 private:
  struct Seen {
    bool role = false, content = false, tool_calls = false;
    char role_first = 0;  // first letter, which tells roles apart
    std::uint64_t prefix = 0;
  };

  bool refuse(Fault fault) {
    refusal_ = std::move(fault);
    return false;
  }
  bool refuse_inside(std::string_view outer, std::size_t index) {
    return refuse(walk::inside(std::move(refusal_), outer, index));
  }
  bool skip() {
    tokens_.skip();
    return true;
  }

  // A member that is passed on as it is.
  bool skip_text(std::string_view name) {
    if (tokens_.is_string() || tokens_.is_null()) return skip();
    return refuse(walk::must_be(name, "a string"));
  }

  bool read_message() {
    if (!tokens_.is_object()) return refuse(walk::must_be("", "an object"));
    Seen seen;
    const bool done = tokens_.members(room_, [&](std::string_view key) {
      if (spells(key, "content")) return read_content(seen);
      if (spells(key, "role")) return read_role(seen);
      if (spells(key, "tool_calls")) return read_tool_calls(seen);
      if (key == "tool_call_id" || key == "name" || key == "refusal") return skip_text(key);
      return skip();
    });
    if (!done) return false;
    if (!seen.role) {
      return refuse(walk::wrong_value("role", "is missing", "missing_required_parameter"));
    }
    add_prefix(seen);
    return true;
  }

  bool read_role(Seen& seen) {
    if (seen.role) return refuse(walk::duplicate("role"));
    seen.role = true;
    if (!tokens_.is_string()) return refuse(wrong_type("role", "a string"));
    const std::string_view name = tokens_.string(room_);
    const std::optional<Role> role = role_from(name);
    const bool tool = role == Role::tool || name == "function";
    if (!tool && !role) {
      return refuse(walk::wrong_value(
          "role", "must be system, developer, user, assistant, tool or function", "invalid_value"));
    }
    // Chat templates without tools have no place for a tool's answer.
    if (tool) facts_.needs.insert(Ability::tools);
    facts_.calls = facts_.calls || tool;
    facts_.developer = facts_.developer || role == Role::developer;
    seen.role_first = name.front();
    return skip();
  }

  bool read_content(Seen& seen) {
    if (seen.content) return refuse(walk::duplicate("content"));
    seen.content = true;
    if (tokens_.is_string()) return read_text(seen);
    if (tokens_.is_array()) return read_parts(seen);
    if (tokens_.is_null()) return skip();
    return refuse(walk::must_be("content", "a string or an array of parts"));
  }

  bool read_text(Seen& seen) {
    const std::string_view text = tokens_.scalar();
    text_bytes_ += text.size() - 2;
    if (!prefix_done_) seen.prefix = hash_words(text.substr(0, prefix_bytes_max), seen.prefix);
    return skip();
  }

  bool read_parts(Seen& seen) {
    return tokens_.elements(
        [&](std::size_t index) { return read_part(seen) || refuse_inside("content", index); });
  }

  // The type may come after the body, so the member that carries the body decides what the part is.
  bool read_part(Seen& seen) {
    if (!tokens_.is_object()) return refuse(walk::must_be("", "an object"));
    bool typed = false;
    const bool done = tokens_.members(room_, [&](std::string_view key) {
      if (key == "type") {
        if (typed) return refuse(walk::duplicate("type"));
        typed = true;
        return tokens_.is_string() ? skip() : refuse(wrong_type("type", "a string"));
      }
      if (key == "text" || key == "refusal") {
        return tokens_.is_string() ? read_text(seen) : refuse(walk::must_be(key, "a string"));
      }
      if (key == "image_url") return read_image();
      if (key == "input_audio") return read_media(key, Ability::audio_in, tokens_a_sound);
      if (key == "file") return read_media(key, Ability::documents, tokens_a_document);
      if (key == "document_url") return add(Ability::documents, tokens_a_document);
      return skip();
    });
    if (!done || typed) return done;
    return refuse(walk::wrong_value("type", "is missing", "missing_required_parameter"));
  }

  // Whatever the value here says of it.
  bool add(Ability need, std::int64_t tokens) {
    facts_.needs.insert(need);
    facts_.tokens += tokens;
    return skip();
  }

  // {"url": ..., "detail": ...}, or the bare address (Mistral).
  bool read_image() {
    if (tokens_.is_null()) return skip();
    if (tokens_.is_string()) return add(Ability::images, tokens_an_image);
    if (!tokens_.is_object()) return refuse(walk::must_be("image_url", "an object or a string"));
    std::int64_t cost = tokens_an_image;
    bool addressed = false;
    const bool done = tokens_.members(room_, [&](std::string_view key) {
      if (key == "detail" && tokens_.scalar() == "\"low\"") cost = tokens_a_small_image;
      if (key != "url") return skip();
      addressed = true;
      return tokens_.is_string() ? skip() : refuse(walk::must_be("image_url.url", "a string"));
    });
    facts_.needs.insert(Ability::images);
    facts_.tokens += cost;
    if (!done || addressed) return done;
    return refuse(walk::wrong_value("image_url.url", "is missing", "missing_required_parameter"));
  }

  // Sounds and files; Mistral has bare addresses of sounds.
  bool read_media(std::string_view name, Ability need, std::int64_t tokens) {
    if (tokens_.is_null()) return skip();
    if (tokens_.is_string()) return add(need, tokens);
    facts_.needs.insert(need);
    facts_.tokens += tokens;
    const std::string outer(name);  // the room of a key with escapes is used for those within
    if (!tokens_.is_object()) return refuse(walk::must_be(outer, "an object or a string"));
    return tokens_.members(room_, [&](std::string_view key) {
      if (!is_media_text(key)) return skip();
      return skip_text(key) || refuse(walk::inside(std::move(refusal_), outer));
    });
  }

  bool read_tool_calls(Seen& seen) {
    if (seen.tool_calls) return refuse(walk::duplicate("tool_calls"));
    seen.tool_calls = true;
    if (tokens_.is_null()) return skip();
    if (!tokens_.is_array()) return refuse(walk::must_be("tool_calls", "an array"));
    const char* const begin = tokens_.place();
    const bool done = tokens_.elements([&](std::size_t index) {
      facts_.needs.insert(Ability::tools);
      facts_.calls = true;
      return read_tool_call() || refuse_inside("tool_calls", index);
    });
    text_bytes_ += static_cast<std::size_t>(tokens_.place() - begin);
    return done;
  }

  bool read_tool_call() {
    if (!tokens_.is_object()) return refuse(walk::must_be("", "an object"));
    return tokens_.members(room_, [&](std::string_view key) {
      if (key == "id" || key == "type") return skip_text(key);
      if (key != "function") return skip();
      return read_called() || refuse(walk::inside(std::move(refusal_), "function"));
    });
  }

  // Arguments are a string of JSON; some clients send back the object that Ollama gave them, and
  // PHP's an empty one as a list.
  bool read_called() {
    if (tokens_.is_null()) return skip();
    if (!tokens_.is_object()) return refuse(walk::must_be("", "an object"));
    return tokens_.members(room_, [&](std::string_view key) {
      if (key == "name") return skip_text(key);
      const bool decoded = tokens_.is_object() || tokens_.is_array();
      if (key == "arguments") return decoded ? skip() : skip_text(key);
      return skip();
    });
  }

  // A conversation is recognised by its instructions and by how its user opened it.
  void add_prefix(const Seen& seen) {
    if (prefix_done_ || seen.role_first == 't' || seen.role_first == 'f') return;
    facts_.prefix_hash = hash_words({&seen.role_first, 1}, facts_.prefix_hash ^ seen.prefix);
    if (facts_.prefix_hash == 0) facts_.prefix_hash = 1;
    prefix_done_ = seen.role_first == 'u';
  }

  JsonValue& messages_;
  JsonTokens tokens_;
  MessageFacts& facts_;
  std::string room_;  // for keys and roles with escapes
  std::size_t text_bytes_ = 0;
  bool prefix_done_ = false;
  Fault refusal_;
};

}  // namespace

Result<void> read_message_facts(JsonValue& messages, MessageFacts& out) {
  return MessageFactsReader(messages, out).read();
}

}  // namespace wye::openai
