// For the tests of this room: the embedded catalog, an environment made of two maps, and loading
// with them. The time is 2026-11-22T12:00:00Z.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "config/catalog.h"
#include "config/environment.h"
#include "config/load.h"

namespace wye::config {

inline const Catalog& test_catalog() {
  static const Catalog catalog = *Catalog::read(embedded_catalog());
  return catalog;
}

using Texts = std::map<std::string, std::string>;

inline Environment test_environment(Texts variables = {}, Texts files = {}) {
  Environment environment;
  environment.now = 1'795'348'800'000;
  environment.variable =
      [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  environment.read_file = [files =
                               std::move(files)](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(FaultKind::config, "cannot read " + path);
    return found->second;
  };
  return environment;
}

// What the tables of diagnostics are checked with.
inline Environment usual_environment() {
  return test_environment({{"SECRET", "s3cret"},
                           {"OTHER", "other"},
                           {"EMPTY", ""},
                           {"OPENAI_API_KEY", "x"},
                           {"MISTRAL_API_KEY", "x"},
                           {"GROQ_API_KEY", "x"}},
                          {{"key.txt", "from-a-file\n"}, {"not.pem", "hello"}});
}

inline LoadResult load_text(std::string_view text) {
  return load(text, "wye.yaml", test_catalog(), usual_environment());
}

inline std::string read_test_file(const std::string& path) {
  std::ifstream file(std::string(WYE_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace wye::config
