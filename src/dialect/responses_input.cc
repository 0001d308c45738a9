// Responses input: one pass over the items that looks at types and lengths only. Pure.
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "dialect/json_walk.h"
#include "dialect/responses_ask.h"

namespace wye::responses {
namespace {

std::string_view without_quotes(std::string_view token) {
  return token.substr(1, token.size() - 2);
}

class InputReader {
 public:
  explicit InputReader(InputFacts& facts) : facts_(facts) {}

  Result<void> read(JsonValue& value) {
    if (walk::is_string(value)) {
      ++facts_.items;
      const std::string_view text = without_quotes(walk::token(value));
      facts_.text_bytes += static_cast<std::int64_t>(text.size());
      facts_.prefix = add_prefix(facts_.prefix, text);
      return {};
    }
    if (!walk::is_array(value))
      return fail(walk::must_be("input", "a string or an array of items"));
    return walk::elements(value, "input", [&](JsonValue& each, std::size_t index) -> Result<void> {
      ++facts_.items;
      if (Result<void> one = read_item(each); !one) {
        return fail(walk::inside(std::move(one.error()), "input", index));
      }
      return {};
    });
  }

 private:
  struct Item {
    std::string_view type, role;  // with their quotes
    std::uint64_t prefix = 0;
    bool has_type = false, has_role = false, has_content = false;
  };

  Result<void> read_item(JsonValue& value) {
    Item item;
    auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      const std::string_view key = member.key;
      if (key == "type") return read_word(member, item.has_type, item.type);
      if (key == "role") return read_word(member, item.has_role, item.role);
      if (key == "content") return read_content(member.value, item);
      if (key == "output") return read_output(member.value, item);
      if (key == "arguments" && walk::is_string(member.value)) {
        add_text(member.value, item);
      } else if (key == "summary") {
        add_texts(member.value, item);
      }
      return {};
    });
    if (!done) return done;
    if (!item.has_type && !item.has_role) {
      return fail(walk::wrong_value("type", "is missing", "missing_required_parameter"));
    }
    if (item.type.starts_with("\"function_call")) facts_.needs.insert(Ability::tools);
    add_item_prefix(item);
    return {};
  }

  static Result<void> read_word(walk::Member& member, bool& seen, std::string_view& out) {
    if (seen) return fail(walk::duplicate(member.key));
    if (!walk::is_string(member.value)) return fail(walk::must_be(member.key, "a string"));
    seen = true;
    out = walk::token(member.value);
    return {};
  }

  Result<void> read_content(JsonValue& value, Item& item) {
    if (item.has_content) return fail(walk::duplicate("content"));
    item.has_content = true;
    if (walk::is_null(value)) return {};
    if (walk::is_string(value)) {
      add_text(value, item);
      return {};
    }
    if (!walk::is_array(value)) {
      return fail(walk::must_be("content", "a string or an array of parts"));
    }
    return read_parts(value, "content", item);
  }

  Result<void> read_parts(JsonValue& value, std::string_view name, Item& item) {
    return walk::elements(value, name, [&](JsonValue& each, std::size_t index) -> Result<void> {
      if (Result<void> done = read_part(each, item); !done) {
        return fail(walk::inside(std::move(done.error()), name, index));
      }
      return {};
    });
  }

  // The outputs of built-in tools are objects of many shapes; only their texts count.
  Result<void> read_output(JsonValue& value, Item& item) {
    if (walk::is_string(value)) add_text(value, item);
    if (walk::is_array(value)) return read_parts(value, "output", item);
    return {};
  }

  Result<void> read_part(JsonValue& value, Item& item) {
    bool low = false, image = false, document = false;
    auto done = walk::members(value, "", [&](walk::Member& member) -> Result<void> {
      const std::string_view key = member.key;
      if (key == "text" || key == "refusal") {
        if (!walk::is_string(member.value)) return fail(walk::must_be(key, "a string"));
        add_text(member.value, item);
      } else if (key == "detail") {
        low = walk::token(member.value) == "\"low\"";
      } else if (key == "type") {
        if (!walk::is_string(member.value)) return fail(walk::must_be(key, "a string"));
        image = walk::token(member.value) == "\"input_image\"";
        document = walk::token(member.value) == "\"input_file\"";
      }
      return {};
    });
    if (image) add(Ability::images, low ? tokens_a_small_image : tokens_an_image);
    if (document) add(Ability::documents, tokens_a_document);
    return done;
  }

  void add(Ability need, std::int64_t tokens) {
    facts_.needs.insert(need);
    facts_.tokens += tokens;
  }

  void add_text(JsonValue& value, Item& item) {
    const std::string_view text = without_quotes(walk::token(value));
    facts_.text_bytes += static_cast<std::int64_t>(text.size());
    if (!prefix_done_) item.prefix = add_prefix(item.prefix, text);
  }

  void add_texts(JsonValue& value, Item& item) {
    walk::elements_if(value, [&](JsonValue& each) {
      walk::members_if(each, [&](walk::Member& member) {
        if (member.key == "text" && walk::is_string(member.value)) add_text(member.value, item);
      });
    });
  }

  // A conversation is recognised by its instructions and by how its user opened it.
  void add_item_prefix(const Item& item) {
    if (prefix_done_ || !item.has_role) return;
    facts_.prefix = add_prefix(facts_.prefix ^ item.prefix, item.role);
    prefix_done_ = item.role == "\"user\"";
  }

  InputFacts& facts_;
  bool prefix_done_ = false;
};

}  // namespace

Result<void> read_input(JsonValue& value, InputFacts& facts) {
  return InputReader(facts).read(value);
}

std::uint64_t add_prefix(std::uint64_t hash, std::string_view text) {
  const std::uint64_t mixed = mix64(hash ^ hash64(text.substr(0, prefix_bytes_max)));
  return mixed == 0 ? 1 : mixed;
}

}  // namespace wye::responses
