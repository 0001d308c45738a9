// Anthropic messages: one pass over the conversation that looks at types and lengths only. Pure.
#include "dialect/anthropic_messages.h"

#include <algorithm>
#include <string_view>

#include "base/hash.h"
#include "dialect/json_walk.h"

namespace wye::anthropic {
namespace {

// The marks of core/signature.h, as they stand in a body: in a signature's own member, or in an id.
constexpr std::string_view mark = "\"wye1.";
constexpr std::string_view mark_in_id = ".wye1.";

Result<void> want_string(walk::Member& member) {
  if (walk::is_string(member.value)) return {};
  return fail(walk::must_be(member.key, "a string"));
}

}  // namespace

// One block. Its type may come after its body, so the member that carries the body decides.
class MessageFacts::BlockFacts {
 public:
  BlockFacts(MessageFacts& facts, std::uint64_t* prefix) : facts_(facts), prefix_(prefix) {}

  Result<void> read(JsonValue& block) {
    auto done = walk::members(block, "", [&](walk::Member& member) { return read_member(member); });
    if (!done) return done;
    if (type_.empty()) {
      return fail(walk::wrong_value("type", "is missing", "missing_required_parameter"));
    }
    if (type_ == "image") add(Ability::images, tokens_an_image);
    if (type_ == "document" && !text_document_) add(Ability::documents, tokens_a_document);
    if (type_ == "tool_use" || type_ == "tool_result") facts_.needs_.insert(Ability::tools);
    return {};
  }

 private:
  Result<void> read_member(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type") return read_type(member.value);
    if (key == "text" || key == "thinking") return read_text(member);
    if (key == "signature" || key == "data") {
      look_for(mark, member.value, true);
    } else if (key == "id" || key == "tool_use_id") {
      look_for(mark_in_id, member.value, false);
    } else if (key == "input") {
      facts_.text_bytes_ += walk::raw(member.value).size();
    } else if (key == "content") {
      return read_inner(member.value);
    } else if (key == "source") {
      read_source(member.value);
    }
    return {};
  }

  Result<void> read_type(JsonValue& value) {
    if (!type_.empty()) return fail(walk::duplicate("type"));
    auto type = read_string(value, "type");
    if (!type) return fail(std::move(type.error()));
    type_ = *type;
    return {};
  }

  Result<void> read_text(walk::Member& member) {
    if (Result<void> text = want_string(member); !text) return text;
    const std::string_view token = walk::token(member.value);
    facts_.text_bytes_ += token.size() - 2;
    if (prefix_ != nullptr) *prefix_ = hash64(token.substr(0, prefix_bytes_max), *prefix_);
    return {};
  }

  // Results of tools hold blocks; those of Anthropic's own tools hold what only it understands.
  Result<void> read_inner(JsonValue& value) {
    if (walk::is_string(value) || walk::is_array(value)) return facts_.read_content(value, nullptr);
    facts_.text_bytes_ += walk::raw(value).size();
    return {};
  }

  void read_source(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "type") text_document_ = walk::token(member.value) == "\"text\"";
      if (member.key == "data" && walk::is_string(member.value)) {
        source_bytes_ = walk::token(member.value).size();
      }
    });
    if (text_document_) facts_.text_bytes_ += source_bytes_;
  }

  void look_for(std::string_view what, JsonValue& value, bool at_start) {
    if (!walk::is_string(value)) return;
    const std::string_view token = walk::token(value);
    const bool found =
        at_start ? token.starts_with(what) : token.find(what) != std::string_view::npos;
    facts_.carries_signatures_ = facts_.carries_signatures_ || found;
  }

  void add(Ability need, std::int64_t tokens) {
    facts_.needs_.insert(need);
    facts_.other_tokens_ += tokens;
  }

  MessageFacts& facts_;
  std::uint64_t* prefix_;
  std::string_view type_;
  std::size_t source_bytes_ = 0;
  bool text_document_ = false;
};

Result<void> MessageFacts::read_messages(JsonValue& messages) {
  auto done =
      walk::elements(messages, "messages", [&](JsonValue& each, std::size_t index) -> Result<void> {
        ++count_;
        if (Result<void> one = read_message(each, index == 0); !one) {
          return fail(walk::inside(std::move(one.error()), "messages", index));
        }
        return {};
      });
  if (!done) return done;
  if (count_ == 0) return fail(walk::wrong_value("messages", "must not be empty", "empty_array"));
  return {};
}

Result<void> MessageFacts::read_message(JsonValue& message, bool first) {
  bool role = false, content = false;
  auto done = walk::members(message, "", [&](walk::Member& member) -> Result<void> {
    if (member.key == "role") {
      if (role) return fail(walk::duplicate("role"));
      role = true;
      return read_role(member.value);
    }
    if (member.key != "content") return {};
    if (content) return fail(walk::duplicate("content"));
    content = true;
    return read_content(member.value, first ? &first_prefix_ : nullptr);
  });
  if (!done) return done;
  if (role && content) return {};
  return fail(
      walk::wrong_value(role ? "content" : "role", "is missing", "missing_required_parameter"));
}

Result<void> MessageFacts::read_role(JsonValue& value) {
  auto role = read_string(value, "role");
  if (!role) return fail(std::move(role.error()));
  if (*role == "system") system_among_messages_ = true;
  if (*role == "user" || *role == "assistant" || *role == "system") return {};
  return fail(walk::wrong_value("role", "must be user, assistant or system", "invalid_value"));
}

Result<void> MessageFacts::read_content(JsonValue& content, std::uint64_t* prefix) {
  if (walk::is_string(content)) {
    const std::string_view token = walk::token(content);
    text_bytes_ += token.size() - 2;
    if (prefix != nullptr) *prefix = hash64(token.substr(0, prefix_bytes_max), *prefix);
    return {};
  }
  if (!walk::is_array(content)) {
    return fail(walk::must_be("content", "a string or an array of blocks"));
  }
  return walk::elements(content, "content",
                        [&](JsonValue& each, std::size_t index) -> Result<void> {
                          if (Result<void> one = read_block(each, prefix); !one) {
                            return fail(walk::inside(std::move(one.error()), "content", index));
                          }
                          return {};
                        });
}

Result<void> MessageFacts::read_block(JsonValue& block, std::uint64_t* prefix) {
  return BlockFacts(*this, prefix).read(block);
}

Result<void> MessageFacts::read_system(JsonValue& system) {
  auto done = read_content(system, &system_prefix_);
  if (done) return {};
  Fault bad = std::move(done.error());
  if (bad.param == "content")
    return fail(walk::must_be("system", "a string or an array of blocks"));
  return fail(walk::inside(std::move(bad), "system"));
}

std::int64_t MessageFacts::tokens() const {
  return static_cast<std::int64_t>(count_) * tokens_a_message + tokens_a_request + other_tokens_ +
         tokens_of_bytes(text_bytes_);
}

// A conversation is recognised by its instructions and by how its user opened it.
std::uint64_t MessageFacts::prefix_hash() const {
  return std::max<std::uint64_t>(mix64(system_prefix_ ^ mix64(first_prefix_)), 1);
}

}  // namespace wye::anthropic
