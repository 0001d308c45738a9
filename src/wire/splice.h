// Splicing: edits a JSON body by its bytes, so that all that is not edited stays as the client
// wrote it and nothing is rebuilt.
//
// An Edits belongs to one request; any thread. The body must be valid JSON, the spans must be of it
// (value_span and member_span in json.h give them).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wye {

// Where something stands in a text.
struct JsonSpan {
  std::size_t offset = 0;
  std::size_t length = 0;

  std::size_t end() const { return offset + length; }
  std::string_view in(std::string_view text) const { return text.substr(offset, length); }
};

// Edits may be given in any order. Of two that overlap, the one that begins first is done and the
// other left out: what stands in a removed member is gone anyway.
class Edits {
 public:
  void replace(JsonSpan span, std::string_view json);
  // Removes a member with the comma that separates it, wherever in its object it stands and
  // whichever of its neighbours go too.
  void remove_member(JsonSpan member);
  // Puts a member in front of all others of the object whose '{' is at `object_offset`. Several go
  // in the order given.
  void insert_member(std::size_t object_offset, std::string_view name, std::string_view json);

  bool empty() const { return edits_.empty(); }
  void clear();
  // The edited body.
  std::string apply(std::string_view body) const;

 private:
  enum class Kind : unsigned char {
    insert,
    replace,
    remove
  };
  struct Edit {
    JsonSpan span;
    JsonSpan text;  // in texts_
    Kind kind;
  };
  // A part of the body and what comes in its place; `comma` follows the text.
  struct Cut {
    JsonSpan span;
    std::string_view text;
    bool comma = false;
  };

  void add(Kind kind, JsonSpan span, std::size_t text_begin);
  std::size_t end_of_run(std::string_view body, std::size_t first) const;
  bool leaves_member(std::string_view body, std::size_t insert) const;
  Cut cut_of(std::string_view body, std::size_t edit) const;
  std::vector<Cut> cuts(std::string_view body) const;

  std::vector<Edit> edits_;  // in the order of the body
  std::string texts_;
};

}  // namespace wye
