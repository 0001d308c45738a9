#include "app/commands/correct_file.h"

#include <fmt/core.h>
#include <unistd.h>

#include <iostream>

#include "app/replace_file.h"
#include "config/correct.h"

namespace wye {
namespace {

std::string words(int count) { return fmt::format("{} word{}", count, count == 1 ? "" : "s"); }

bool asked_and_agreed(const std::string& path, int count) {
  fmt::print(stderr, "Write {} to {}? [y/N] ", words(count), path);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

Result<void> correct_file(const std::string& path, bool agreed,
                          const config::LoadOptions& options) {
  const config::Environment environment = config::process_environment();
  Result<std::string> text = environment.read_file(path);
  if (!text) return fail(std::move(text.error()));
  Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  if (!catalog) return fail(std::move(catalog.error()));
  const config::Correction made = config::correct(*text, path, *catalog, environment, options);
  if (made.corrected == 0) {
    fmt::print(stderr, "Nothing in {} can be put right for certain.\n", path);
    return {};
  }
  // The shown texts, since a line may hold a secret.
  fmt::print(stderr, "{}", config::diff_lines(made.before.shown_text, made.after.shown_text, path));
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  if (!agreed && !terminal) {
    fmt::print(stderr, "Nothing is written; --yes writes it.\n");
    return {};
  }
  if (!agreed && !asked_and_agreed(path, made.corrected)) {
    fmt::print(stderr, "Nothing is written.\n");
    return {};
  }
  if (Result<void> done = replace_file(path, *text, made.text); !done) return done;
  fmt::print(stderr, "Put right {} in {}.\n", words(made.corrected), path);
  return {};
}

}  // namespace wye
