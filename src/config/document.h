// Document: a YAML text as a small tree of nodes that know where they stand. document.cc is the
// only file that sees yaml-cpp. Everything hostile is bounded here: size, depth, number of nodes
// after aliases are expanded; duplicate keys are errors.
//
// Plain values, owned by whoever parsed them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "core/where.h"

namespace wye::config {

inline constexpr std::size_t document_bytes_max = 4 << 20;
inline constexpr int document_depth_max = 32;
inline constexpr std::size_t document_nodes_max = 200'000;

struct Entry;

struct Node {
  enum class Kind {
    null,
    scalar,
    list,
    map
  };
  Kind kind = Kind::null;
  Where where;                 // of the first byte; columns count bytes
  std::string text;            // of a scalar
  bool plain = false;          // a scalar without quotes
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in the order of the file

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  // The value under a key; nullptr when this is no map or has no such key.
  const Node* find(std::string_view key) const;
  // How much to underline: the length of a scalar, 1 otherwise.
  std::size_t length() const {
    return is_scalar() && !text.empty() ? text.size() + (plain ? 0 : 2) : 1;
  }
};

struct Entry {
  std::string key;
  Where where;  // of the key
  Node value;
};

// The tree of a text, or nothing when a diagnostic says why there is none. Duplicate keys are
// reported and the first one is kept, so that the rest of the file can be checked as well.
std::optional<Node> parse_document(std::string_view text, Diagnostics& diagnostics);

// Plain scalars as YAML 1.2 reads them.
std::optional<bool> plain_bool(const Node& node);
std::optional<long long> plain_integer(const Node& node);

}  // namespace wye::config
