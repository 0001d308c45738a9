// Test corpus: recorded traffic of real providers, for tests only. It is not part of the project:
// its folder is named by the environment variable WYE_CORPUS, and tests are skipped where it is
// absent.
#pragma once

#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/dialect.h"

namespace wye::corpus {

inline std::filesystem::path folder() {
  const char* named = std::getenv("WYE_CORPUS");
  return named != nullptr ? named : "../shared/wire";
}
inline bool present() { return std::filesystem::exists(folder() / "exchanges"); }

struct Exchange {
  std::string id, provider, api, url, request, answer;
  int status = 0;
  bool stream = false;
  std::vector<std::size_t> read_lengths;  // as the recorder read the stream; may be empty
  std::vector<std::pair<std::string, std::string>> headers;
  std::string label;  // of labelled errors
};

using Dom = simdjson::dom::element;

inline std::string text_at(const Dom& value, std::string_view pointer) {
  std::string_view text;
  if (value.at_pointer(pointer).get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// A body as text: recorded ones are, documented ones are JSON within the line.
inline std::string body_at(const Dom& value, std::string_view pointer) {
  Dom body;
  if (value.at_pointer(pointer).get(body) != simdjson::SUCCESS || body.is_null()) return {};
  return body.is_string() ? text_at(value, pointer) : simdjson::minify(body);
}

inline Exchange exchange_of(const Dom& line, bool error) {
  Exchange out;
  out.provider = text_at(line, "/provider");
  out.api = text_at(line, "/api");
  std::int64_t status = 0;
  if (line["status"].get(status) == simdjson::SUCCESS) out.status = static_cast<int>(status);
  out.id = text_at(line, error ? "/exchange" : "/id");
  out.answer = error ? body_at(line, "/body") : text_at(line, "/res/body");
  out.url = text_at(line, "/req/url");
  out.request = text_at(line, "/req/body");
  out.label = text_at(line, "/class");
  bool stream = false;
  if (line["stream"].get(stream) == simdjson::SUCCESS) out.stream = stream;
  simdjson::dom::array lengths;
  if (line.at_pointer("/res/chunk_lens").get(lengths) == simdjson::SUCCESS) {
    for (const Dom each : lengths) {
      std::uint64_t length = 0;
      if (each.get(length) == simdjson::SUCCESS) out.read_lengths.push_back(length);
    }
  }
  simdjson::dom::object headers;
  if (line.at_pointer(error ? "/headers" : "/res/headers").get(headers) == simdjson::SUCCESS) {
    for (const auto field : headers) {
      std::string_view text;
      if (field.value.get(text) == simdjson::SUCCESS) {
        out.headers.emplace_back(std::string(field.key), std::string(text));
      }
    }
  }
  return out;
}

inline void for_each(const std::filesystem::path& file, bool errors,
                     const std::function<void(const Exchange&)>& use) {
  std::ifstream in(folder() / file);
  simdjson::dom::parser parser;
  std::string line;
  while (std::getline(in, line)) {
    Dom root;
    if (parser.parse(line).get(root) == simdjson::SUCCESS) use(exchange_of(root, errors));
  }
}

inline void for_each_exchange(std::string_view provider,
                              const std::function<void(const Exchange&)>& use) {
  for_each(std::filesystem::path("exchanges/open") / (std::string(provider) + ".jsonl"), false,
           use);
}

inline constexpr std::array<std::string_view, 12> compatible{
    "openai",   "groq",       "deepseek", "xai", "together", "openrouter",
    "cerebras", "perplexity", "mistral",  "zai", "llamacpp", "azure"};

inline Provider provider_of(std::string_view name) {
  Provider out;
  out.name = name;
  out.kind = name;
  out.output_excludes_reasoning = name == "xai";
  return out;
}

// Whether two texts are the same JSON; the order of members does not matter, nor how a number is
// spelled. `allowed` names members of the root that may be in the second only.
inline bool same(const Dom& a, const Dom& b, std::string& where);

inline bool same_object(simdjson::dom::object a, simdjson::dom::object b, std::string& where) {
  for (const auto field : a) {
    Dom other;
    if (b[field.key].get(other) != simdjson::SUCCESS) {
      where = "lost " + std::string(field.key);
      return false;
    }
    if (!same(field.value, other, where)) {
      where.insert(0, std::string(field.key) + ".");
      return false;
    }
  }
  for (const auto field : b) {
    if (a[field.key].error() == simdjson::SUCCESS) continue;
    where = "added " + std::string(field.key);
    return false;
  }
  return true;
}

inline bool same_array(simdjson::dom::array a, simdjson::dom::array b, std::string& where) {
  if (a.size() != b.size()) {
    where = "length";
    return false;
  }
  auto other = b.begin();
  for (const Dom each : a) {
    if (!same(each, *other, where)) {
      where.insert(0, "[].");
      return false;
    }
    ++other;
  }
  return true;
}

inline bool same(const Dom& a, const Dom& b, std::string& where) {
  if (a.is_object() && b.is_object()) {
    return same_object(a.get_object().value_unsafe(), b.get_object().value_unsafe(), where);
  }
  if (a.is_array() && b.is_array()) {
    return same_array(a.get_array().value_unsafe(), b.get_array().value_unsafe(), where);
  }
  if (a.is_number() && b.is_number()) {
    where = "number";
    return a.get_double().value_unsafe() == b.get_double().value_unsafe();
  }
  where = "value";
  return a.type() == b.type() && simdjson::minify(a) == simdjson::minify(b);
}

inline bool same_json(std::string_view a, std::string_view b, std::string& where) {
  simdjson::dom::parser first, second;
  Dom x, y;
  if (first.parse(std::string(a)).get(x) != simdjson::SUCCESS ||
      second.parse(std::string(b)).get(y) != simdjson::SUCCESS) {
    where = "not JSON";
    return false;
  }
  return same(x, y, where);
}

}  // namespace wye::corpus
