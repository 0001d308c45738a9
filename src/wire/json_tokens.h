// JsonTokens: a walk over the tokens of one value, for readers that look at thousands of small
// values and need few of them, as in a long conversation. The JsonReader has proved the grammar, so
// a step is a load and a compare, where a member costs on-demand a hundred instructions.
//
// Pure; lives no longer than its document. While a walk is under way nobody else reads from it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "wire/json.h"
#include "wire/scan.h"

namespace wye {

// As ==, for literals. Their size is known, so this is a load and a compare and no call.
template <std::size_t size>
bool spells(std::string_view text, const char (&word)[size]) {
  return text.size() == size - 1 && std::memcmp(text.data(), word, size - 1) == 0;
}

class JsonTokens {
 public:
  // Stands on the first token of `value`, of which nothing was read yet.
  explicit JsonTokens(JsonValue& value);

  // The first byte of the token: a bracket, a quote, a letter or a digit.
  char first() const { return text_[*at_]; }
  bool is_string() const { return first() == '"'; }
  bool is_object() const { return first() == '{'; }
  bool is_array() const { return first() == '['; }
  bool is_null() const { return first() == 'n'; }
  // Where the token begins; behind a value, where the next token does.
  const char* place() const { return text_ + *at_; }

  // The text of the scalar here, as it stands in the document: strings with quotes and escapes.
  std::string_view scalar() const { return text_before(at_[1], text_ + at_[0]); }
  // The content of the string here. A view into the document, or of `room` when it has escapes.
  std::string_view string(std::string& room) const {
    const std::string_view quoted = scalar();
    const std::string_view content = quoted.substr(1, quoted.size() - 2);
    return has_escapes(content) ? unescaped(quoted, room) : content;
  }

  // Goes on behind the value here.
  void skip();

  // The members of the object here, in order: on_member(std::string_view key) must go on behind the
  // member's value and say whether to go on; keys with escapes are in `room`. False as soon as one
  // said so; the walk then is over.
  template <class OnMember>
  bool members(std::string& room, OnMember&& on_member) {
    ++at_;
    if (first() == '}') return done();
    while (true) {
      const std::string_view key = string(room);
      at_ += 2;  // over the colon
      if (!on_member(key)) return false;
      if (first() == '}') return done();
      ++at_;
    }
  }

  // The elements of the array here: on_element(std::size_t index), to the same rules.
  template <class OnElement>
  bool elements(OnElement&& on_element) {
    ++at_;
    if (first() == ']') return done();
    for (std::size_t index = 0;; ++index) {
      if (!on_element(index)) return false;
      if (first() == ']') return done();
      ++at_;
    }
  }

  // The walk stands behind `value`, with which it began: lets its document go on from there.
  void finish(JsonValue& value) const;

 private:
  // From `begin` to the token at `offset`. Between tokens nothing but white space can be.
  std::string_view text_before(std::uint32_t offset, const char* begin) const {
    const char* end = text_ + offset;
    while (end[-1] <= ' ' && end[-1] >= 0) --end;
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  // The slack after the document lets sixteen bytes be looked at wherever a string stands.
  static bool has_escapes(std::string_view content) {
    using Backslash = scan::Byte<'\\'>;
    const char* const end = content.data() + content.size();
    return content.size() <= 16 ? scan::is_among_few<Backslash>(content.data(), content.size())
                                : scan::find<Backslash>(content.data(), end) != end;
  }
  static std::string_view unescaped(std::string_view quoted, std::string& room);
  bool done() {
    ++at_;
    return true;
  }

  const char* text_;         // of the document
  const std::uint32_t* at_;  // the offset of the token
};

}  // namespace wye
