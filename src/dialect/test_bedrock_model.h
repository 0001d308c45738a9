// Bedrock model check, for tests only: whether a request is one that AWS's published description of
// the service allows (its "service-2.json"), and keeps the rules that the description leaves out.
#pragma once

#include <simdjson.h>

#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace wye::bedrock_check {

using Dom = simdjson::dom::element;

inline std::string text_of(const Dom& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// By value, so that a loop over them keeps them.
inline simdjson::dom::array elements(const Dom& value) { return value.get_array().value_unsafe(); }
inline simdjson::dom::object members(const Dom& value) { return value.get_object().value_unsafe(); }

class Shapes {
 public:
  explicit Shapes(const Dom& service) : shapes_(service["shapes"].value_unsafe()) {}

  // "" when `value` is a `shape`, else what is wrong where.
  std::string check(std::string_view shape, const Dom& value) const {
    const Dom about = shapes_[shape].value_unsafe();
    const std::string type = text_of(about["type"].value_unsafe());
    bool any = false;
    if (about["document"].get(any) == simdjson::SUCCESS && any) return "";
    if (type == "structure") return structure(about, value);
    if (type == "list") return list(about, value);
    if (type == "map") return value.is_object() ? "" : "must be an object";
    if (type == "string" || type == "blob") return string(about, value);
    if (type == "boolean") return value.is_bool() ? "" : "must be a boolean";
    return number(about, value);
  }

 private:
  std::string structure(const Dom& about, const Dom& value) const {
    if (!value.is_object()) return "must be an object";
    const Dom members = about["members"].value_unsafe();
    std::size_t count = 0;
    for (const auto field : bedrock_check::members(value)) {
      ++count;
      Dom member;
      if (members[field.key].get(member) != simdjson::SUCCESS) {
        return "has unknown " + std::string(field.key);
      }
      const std::string wrong = check(text_of(member["shape"].value_unsafe()), field.value);
      if (!wrong.empty()) return std::string(field.key) + "." + wrong;
    }
    bool is_union = false;
    if (about["union"].get(is_union) == simdjson::SUCCESS && is_union && count != 1) {
      return "must have one member";
    }
    simdjson::dom::array required;
    if (about["required"].get(required) != simdjson::SUCCESS) return "";
    for (const Dom name : required) {
      const std::string key = text_of(name);
      const bool in_path = members[key]["location"].error() == simdjson::SUCCESS;
      if (!in_path && value[key].error() != simdjson::SUCCESS) return "lacks " + key;
    }
    return "";
  }

  std::string list(const Dom& about, const Dom& value) const {
    if (!value.is_array()) return "must be an array";
    std::int64_t size = 0;
    for (const Dom each : elements(value)) {
      ++size;
      const std::string wrong = check(text_of(about["member"]["shape"].value_unsafe()), each);
      if (!wrong.empty()) return "[]." + wrong;
    }
    return within(about, static_cast<double>(size));
  }

  static std::string string(const Dom& about, const Dom& value) {
    if (!value.is_string()) return "must be a string";
    const std::string text = text_of(value);
    simdjson::dom::array words;
    if (about["enum"].get(words) == simdjson::SUCCESS) {
      bool found = false;
      for (const Dom word : words) found = found || text_of(word) == text;
      if (!found) return "is no word for this: " + text;
    }
    Dom pattern;
    if (about["pattern"].get(pattern) == simdjson::SUCCESS && text.size() < 500 &&
        !std::regex_match(text, std::regex(text_of(pattern)))) {
      return "has forbidden characters: " + text;
    }
    return within(about, static_cast<double>(text.size()));
  }

  static std::string number(const Dom& about, const Dom& value) {
    double number = 0;
    if (value.get(number) != simdjson::SUCCESS) return "must be a number";
    return within(about, number);
  }

  static std::string within(const Dom& about, double size) {
    double limit = 0;
    if (about["min"].get(limit) == simdjson::SUCCESS && size < limit) return "is too small";
    if (about["max"].get(limit) == simdjson::SUCCESS && size > limit) return "is too large";
    return "";
  }

  Dom shapes_;
};

// Roles alternate, calls and results belong together, names of documents are unique, texts say
// something, tools are declared.
class Rules {
 public:
  std::string check(const Dom& request) {
    std::string last = "assistant";
    for (const Dom turn : elements(request["messages"].value_unsafe())) {
      const std::string role = text_of(turn["role"].value_unsafe());
      if (role == last) return "two turns of " + role;
      last = role;
      if (std::string wrong = check_turn(turn, role); !wrong.empty()) return wrong;
    }
    const bool tools = request["toolConfig"].error() == simdjson::SUCCESS;
    return tools_used_ && !tools ? "tools are used and not declared" : "";
  }

 private:
  std::string check_turn(const Dom& turn, const std::string& role) {
    std::set<std::string> calls, results;
    bool others = false, text = false, document = false;
    for (const Dom block : elements(turn["content"].value_unsafe())) {
      Dom inner;
      if (block["toolUse"].get(inner) == simdjson::SUCCESS) {
        calls.insert(text_of(inner["toolUseId"].value_unsafe()));
      } else if (block["toolResult"].get(inner) == simdjson::SUCCESS) {
        if (others) return "a result behind something else";
        results.insert(text_of(inner["toolUseId"].value_unsafe()));
      } else {
        others = true;
      }
      if (block["text"].get(inner) == simdjson::SUCCESS) {
        text = true;
        if (text_of(inner).find_first_not_of(" \t\r\n") == std::string::npos) return "blank text";
      }
      if (block["document"].get(inner) == simdjson::SUCCESS) {
        document = true;
        if (!names_.insert(text_of(inner["name"].value_unsafe())).second) return "a name twice";
      }
    }
    tools_used_ = tools_used_ || !calls.empty() || !results.empty();
    if (document && !text) return "a document without a text";
    if (role == "user" && results != open_) return "results that are not those of the calls";
    open_ = role == "assistant" ? calls : std::set<std::string>();
    return "";
  }

  std::set<std::string> open_;  // calls without a result yet
  std::set<std::string> names_;
  bool tools_used_ = false;
};

}  // namespace wye::bedrock_check
