// YAML to Node, by yaml-cpp's events; see document.h. yaml-cpp throws; nothing leaves this file.
#include "config/document.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <streambuf>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "wire/char_class.h"
#include "wire/json_text.h"

namespace wye::config {
namespace {

Where to_where(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Reads from memory without a copy.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // the base class wants char*, and never writes
    setg(begin, begin, begin + text.size());
  }
};

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += count_nodes(item);
  for (const Entry& entry : node.entries) count += count_nodes(entry.value);
  return count;
}

// Builds the tree. After the first thing that makes it useless, the remaining events are ignored:
// the parser cannot be stopped, and what it still costs is bounded by the size of the text.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2)
      stop(Code::many_documents, to_where(mark), "a second document starts here");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    Node node;
    node.where = to_where(mark);
    put(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    const auto found = anchors_.find(anchor);
    // An anchor is known once its value is complete, so an alias inside its own value is not.
    if (found == anchors_.end()) {
      return stop(Code::yaml_feature, to_where(mark),
                  "this alias stands inside the value that it repeats");
    }
    if (!count(found->second.second, to_where(mark))) return;
    if (static_cast<int>(frames_.size()) + height(found->second.first) > document_depth_max) {
      return too_deep(to_where(mark));
    }
    Node copy = found->second.first;
    copy.where = to_where(mark);
    put(std::move(copy), 0, false);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (stopped_ || !check_tag(tag, mark)) return;
    Node node;
    node.where = to_where(mark);
    node.plain = tag == "?" || tag.empty();
    if (!node.plain) last_quoted_ = node.where;
    if (node.plain && (value == "~" || value == "null" || value == "Null" || value == "NULL")) {
      put(std::move(node), anchor);
      return;
    }
    node.kind = Node::Kind::scalar;
    node.text = value;
    put(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  bool any() const { return done_; }
  bool stopped() const { return stopped_; }
  Where last_quoted() const { return last_quoted_; }
  Node take() { return std::move(root_); }

 private:
  // A list or map being read, with the key whose value comes next.
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool have_key = false;
    std::string key;
    Where key_where;
    std::unordered_set<std::string> keys;
    std::vector<Node> merges;  // values of <<
  };

  void stop(Code code, Where where, std::string message, std::string suggestion = {}) {
    if (stopped_) return;
    stopped_ = true;
    diagnostics_.add(code, where, 1, std::move(message), std::move(suggestion));
  }
  bool count(std::size_t more, Where where) {
    nodes_ += more;
    if (nodes_ <= document_nodes_max) return true;
    stop(Code::too_many_nodes, where,
         fmt::format("more than {} values after aliases are expanded", document_nodes_max));
    return false;
  }
  bool check_tag(const std::string& tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:"))
      return true;
    stop(Code::yaml_feature, to_where(mark), "custom tags are not read", "remove the tag");
    return false;
  }
  static int height(const Node& node) {
    int most = 0;
    for (const Node& item : node.items) most = std::max(most, 1 + height(item));
    for (const Entry& entry : node.entries) most = std::max(most, 1 + height(entry.value));
    return most;
  }
  void too_deep(Where where) {
    stop(Code::too_deep, where, fmt::format("nested more than {} deep", document_depth_max));
  }
  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (stopped_ || !check_tag(tag, mark)) return;
    if (static_cast<int>(frames_.size()) >= document_depth_max) return too_deep(to_where(mark));
    if (!frames_.empty() && frames_.back().node.is_map() && !frames_.back().have_key) {
      return stop(Code::yaml_feature, to_where(mark), "a key must be one word, not a list or a map",
                  "perhaps { or [ was meant as text; then quote it");
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.where = to_where(mark);
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
  }
  void close() {
    if (stopped_) return;
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (const Node& merge : frame.merges) merge_into(frame, merge);
    if (stopped_) return;
    put(std::move(frame.node), frame.anchor);
  }
  void merge_into(Frame& frame, const Node& merge) {
    if (merge.is_list()) {
      for (const Node& item : merge.items) merge_into(frame, item);
      return;
    }
    if (!merge.is_map()) {
      return stop(Code::yaml_feature, merge.where, "<< merges maps, and this is none");
    }
    for (const Entry& entry : merge.entries) {
      if (frame.keys.insert(entry.key).second) frame.node.entries.push_back(entry);
    }
  }
  void put(Node node, YAML::anchor_t anchor, bool counted = true) {
    if (counted && !count(1, node.where)) return;
    if (anchor != 0) {
      // The copy that the anchor keeps counts as well: anchors inside anchors multiply too.
      const std::size_t size = count_nodes(node);
      if (!count(size, node.where)) return;
      anchors_[anchor] = {node, size};
    }
    if (frames_.empty()) {
      root_ = std::move(node);
      done_ = true;
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.have_key) {
      take_key(frame, std::move(node));
    } else {
      take_value(frame, std::move(node));
    }
  }
  void take_key(Frame& frame, Node node) {
    if (node.is_list() || node.is_map()) {
      return stop(Code::yaml_feature, node.where, "a key must be one word, not a list or a map");
    }
    frame.have_key = true;
    frame.key = node.is_null() ? "null" : std::move(node.text);
    frame.key_where = node.where;
  }
  void take_value(Frame& frame, Node node) {
    frame.have_key = false;
    if (frame.key == "<<") {
      frame.merges.push_back(std::move(node));
      return;
    }
    if (!frame.keys.insert(frame.key).second) {
      diagnostics_.add(Code::duplicate_key, frame.key_where, frame.key.size(),
                       fmt::format("key \"{}\" is given twice in one map", frame.key),
                       "remove one of them");
      return;
    }
    frame.node.entries.push_back({std::move(frame.key), frame.key_where, std::move(node)});
  }

  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, std::pair<Node, std::size_t>> anchors_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  bool stopped_ = false;
  bool done_ = false;
  Where last_quoted_;  // the last scalar that was not plain
  Node root_;
};

// The place of a byte.
Where where_of(std::string_view text, std::size_t offset) {
  Where where{1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++where.line;
      where.column = 1;
    } else {
      ++where.column;
    }
  }
  return where;
}

// Bytes that no text file has: controls other than tab and line ends.
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
}

// Where the text stops to be UTF-8: within the first line that is none, since no character goes
// over the end of one.
Where first_foreign_byte(std::string_view text) {
  int number = 1;
  for (const std::string_view line : split(text, '\n')) {
    std::size_t good = 0;
    while (good < line.size()) {
      const std::size_t length = char_at(line, good).length;
      if (!is_utf8(line.substr(good, length))) return {number, static_cast<int>(good) + 1};
      good += length;
    }
    ++number;
  }
  return {};
}

bool check_bytes(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > document_bytes_max) {
    diagnostics.add(
        Code::too_large, {}, 1,
        fmt::format("the file has {} bytes; at most {} are read", text.size(), document_bytes_max));
    return false;
  }
  const auto control = std::find_if(text.begin(), text.end(), is_control);
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    diagnostics.add(Code::encoding, where_of(text, offset), 1,
                    fmt::format("a control character (byte 0x{:02x}) is in the file",
                                static_cast<unsigned char>(*control)),
                    "is this a text file?");
    return false;
  }
  if (!is_utf8(text)) {
    diagnostics.add(Code::encoding, first_foreign_byte(text), 1, "the file is not UTF-8 text",
                    "save it as UTF-8");
    return false;
  }
  return true;
}

std::string_view line_at(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const std::size_t at = text.find('\n');
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find('\n'));
}

// yaml-cpp takes the end of the file for a closing quote when blanks stand before it. Only the last
// quoted scalar can be such a one.
bool ends_without_quote(std::string_view text, Where last_quoted) {
  if (last_quoted.line == 0) return false;
  const std::string_view line = line_at(text, last_quoted.line);
  const auto offset = static_cast<std::size_t>(line.data() - text.data()) +
                      static_cast<std::size_t>(last_quoted.column) - 1;
  if (offset >= text.size()) return false;
  const char quote = text[offset];
  if (quote != '"' && quote != '\'') return false;  // a block scalar
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote) return false;
      ++i;
    }
  }
  return true;
}

// yaml-cpp's own words are short and often about its inside; the common causes get ours.
struct SyntaxWords {
  std::string_view theirs, ours, advice;
};
constexpr SyntaxWords syntax_words[] = {
    {"end of map not found", "this line does not go on with the map above it",
     "indent it as the keys that it belongs to; nothing may follow a closing quote"},
    {"end of sequence not found", "this line does not go on with the list above it",
     "indent it as the other items, with - before it"},
    {"end of map flow not found", "the map that begins with { does not go on here",
     "close it with }, or quote a text that holds \": \", a comma or a bracket"},
    {"end of sequence flow not found", "the list that begins with [ does not go on here",
     "close it with ], or quote a text that holds \": \", a comma or a bracket"},
    {"illegal map value", "a colon stands where no key can be",
     "a text that holds \": \" needs quotes; keys of one map are indented alike"},
};

// The place of the tab in the indentation of a line, if there is one.
std::optional<Where> tab_in_indentation(std::string_view line, int number) {
  const std::size_t tab = line.find_first_not_of(' ');
  if (tab == std::string_view::npos || line[tab] != '\t') return std::nullopt;
  return Where{number, static_cast<int>(tab) + 1};
}

void add_syntax_error(std::string_view text, const YAML::Exception& problem,
                      Diagnostics& diagnostics) {
  const Where where = problem.mark.is_null() ? Where{} : to_where(problem.mark);
  if (const auto tab = tab_in_indentation(line_at(text, where.line), where.line)) {
    diagnostics.add(Code::syntax, *tab, 1, "a tab is in the indentation",
                    "YAML is indented with spaces");
    return;
  }
  for (const SyntaxWords& one : syntax_words) {
    if (one.theirs != problem.msg) continue;
    diagnostics.add(Code::syntax, where, 1, fmt::format("this is not YAML: {}", one.ours),
                    std::string(one.advice));
    return;
  }
  diagnostics.add(Code::syntax, where, 1, fmt::format("this is not YAML: {}", problem.msg));
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::optional<Node> parse_document(std::string_view text, Diagnostics& diagnostics) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!check_bytes(text, diagnostics)) return std::nullopt;
  Builder builder(diagnostics);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::DeepRecursion& problem) {
    if (builder.stopped()) return std::nullopt;
    diagnostics.add(Code::too_deep, to_where(problem.mark), 1,
                    fmt::format("nested more than {} deep", document_depth_max));
    return std::nullopt;
  } catch (const YAML::Exception& problem) {
    if (builder.stopped()) return std::nullopt;
    add_syntax_error(text, problem, diagnostics);
    return std::nullopt;
  } catch (const std::exception& problem) {
    diagnostics.add(Code::syntax, {}, 1, fmt::format("this is not YAML: {}", problem.what()));
    return std::nullopt;
  }
  if (builder.stopped()) return std::nullopt;
  if (!builder.any()) {
    diagnostics.add(Code::empty, {}, 1, "the file is empty", "`wye init` writes a starting file");
    return std::nullopt;
  }
  if (ends_without_quote(text, builder.last_quoted())) {
    diagnostics.add(Code::syntax, builder.last_quoted(), 1, "this quote is never closed");
    return std::nullopt;
  }
  Node root = builder.take();
  if (root.is_null()) {
    diagnostics.add(Code::empty, {}, 1, "the file is empty", "`wye init` writes a starting file");
    return std::nullopt;
  }
  return root;
}

std::optional<bool> plain_bool(const Node& node) {
  if (!node.is_scalar() || !node.plain) return std::nullopt;
  if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
  if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  return std::nullopt;
}

std::optional<long long> plain_integer(const Node& node) {
  if (!node.is_scalar() || !node.plain) return std::nullopt;
  long long value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [at, problem] = std::from_chars(node.text.data(), end, value);
  if (problem != std::errc{} || at != end) return std::nullopt;
  return value;
}

}  // namespace wye::config
