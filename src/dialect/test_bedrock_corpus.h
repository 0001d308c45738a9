// For the tests of the Bedrock dialect over recorded traffic: the recordings, and tallies of what
// was found in them. Skipped where the recordings are absent.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "dialect/bedrock.h"
#include "dialect/test_corpus.h"

namespace wye::bedrock_corpus {

using corpus::Dom;
using corpus::text_at;

struct Tally {
  int all = 0, good = 0;
  std::map<std::string, int> bad;
  std::map<std::string, std::string> example;
  void add(const std::string& cause, const std::string& id) {
    ++all;
    if (cause.empty()) {
      ++good;
    } else if (bad[cause]++ == 0) {
      example[cause] = id;
    }
  }
  double percent() const { return all == 0 ? 0.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, count] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", count, cause.c_str(), example.at(cause).c_str());
    }
  }
};

inline std::string from_base64(std::string_view text) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) continue;
    held = held << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<char>(held >> bits & 0xff));
  }
  return out;
}

// One recorded exchange; a binary answer is decoded.
struct Recording {
  std::string id, api, answer;
  int status = 0;
  bool stream = false;
};

inline void for_each_recording(const std::function<void(const Recording&)>& use) {
  std::ifstream in(corpus::folder() / "exchanges/open/bedrock.jsonl");
  simdjson::dom::parser parser;
  std::string line;
  while (std::getline(in, line)) {
    Dom root;
    if (parser.parse(line).get(root) != simdjson::SUCCESS) continue;
    const corpus::Exchange exchange = corpus::exchange_of(root, false);
    Recording out{exchange.id, exchange.api, exchange.answer, exchange.status, exchange.stream};
    const std::string binary = text_at(root, "/res/body_b64");
    if (!binary.empty()) out.answer = from_base64(binary);
    use(out);
  }
}

inline bool has(const Dom& value, const char* pointer) {
  return value.at_pointer(pointer).error() == simdjson::SUCCESS;
}

inline std::string minified(std::string_view json) {
  simdjson::dom::parser parser;
  Dom root;
  if (json.empty() || json == "null") json = "{}";  // two more ways to give no arguments
  if (parser.parse(std::string(json)).get(root) != simdjson::SUCCESS) {
    return "broken " + std::string(json);
  }
  return simdjson::minify(root);
}

class BedrockCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
};

}  // namespace wye::bedrock_corpus
