#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "base/text.h"
#include "config/init.h"

namespace wye {
namespace {

struct Options {
  std::string output = "wye.yaml";
  bool force = false;
};

// Never replaces a file unless told so.
Result<void> write_new_file(const std::string& path, std::string_view text, bool force) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
  const int file = ::open(path.c_str(), flags, 0644);
  if (file < 0) {
    const std::string reason =
        errno == EEXIST ? "it exists already; --force replaces it" : std::strerror(errno);
    return fail(FaultKind::config, "cannot write " + path + ": " + reason);
  }
  const ssize_t written = ::write(file, text.data(), text.size());
  const bool whole = written == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !whole) return fail(FaultKind::config, "cannot write all of " + path);
  return {};
}

void print_keys(const config::StartingFile& file, const std::string& path) {
  if (file.variables.empty()) {
    fmt::print("No {}key in the environment{}: {} uses the provider simulator.\n",
               file.incomplete.empty() ? "provider " : "",
               file.incomplete.empty() ? "" : " that is enough by itself", path);
  } else {
    std::string names;
    for (const std::string& name : file.variables) names += (names.empty() ? "" : ", ") + name;
    fmt::print("Found in the environment: {}   (values are not stored)\n", names);
  }
  for (const config::IncompleteKey& one : file.incomplete) {
    fmt::print("{} is set, but {} also needs {}: {} has a line to complete.\n", one.variable,
               one.vendor, one.needs, path);
  }
}

ExitCode init(const Options& options) {
  const Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  if (!catalog) {
    fmt::print(stderr, "{}\n", catalog.error().message);
    return ExitCode::failed;
  }
  const config::StartingFile file = config::starting_file(config::process_environment(), *catalog);
  if (options.output == "-") {
    fmt::print("{}", file.text);
    return ExitCode::ok;
  }
  if (const Result<void> done = write_new_file(options.output, file.text, options.force); !done) {
    fmt::print(stderr, "{}\n", done.error().message);
    return ExitCode::failed;
  }
  print_keys(file, options.output);
  fmt::print("Wrote {} ({}, {})\nNext: wye serve -c {}\n", options.output,
             plural(file.providers, "provider"), plural(file.tasks, "task"), options.output);
  return ExitCode::ok;
}

}  // namespace

void add_init(CommandLine& line) {
  auto options = std::make_shared<Options>();
  line.verb("init", "Write a starting configuration from the provider keys in the environment")
      .examples(
          "  OPENAI_API_KEY=... MISTRAL_API_KEY=... wye init\n"
          "  wye init --output -             to look at it first")
      .value("-o,--output", options->output, "file to write, - for standard output")
      .flag("--force", options->force, "replace the file when it exists")
      .run([options] { return init(*options); });
}

}  // namespace wye
