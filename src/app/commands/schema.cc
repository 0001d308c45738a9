#include <fmt/format.h>

#include <memory>
#include <vector>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "config/schema.h"

namespace wye {
namespace {

struct Options {
  std::string key;
  bool markdown = false;
};

ExitCode print_schema(const Options& options) {
  if (options.markdown) {
    fmt::print("{}", config::reference_markdown());
    return ExitCode::ok;
  }
  if (options.key.empty()) {
    fmt::print("{}", config::json_schema());
    return ExitCode::ok;
  }
  const std::optional<std::string> text = config::explain_key(options.key);
  if (!text) {
    const std::vector<std::string> near = config::keys_near(options.key);
    fmt::print(stderr, "the configuration has no key {}; {}`wye schema --markdown` lists all\n",
               options.key,
               near.empty() ? "" : fmt::format("did you mean {}? ", fmt::join(near, " or ")));
    return ExitCode::usage;
  }
  fmt::print("{}", *text);
  return ExitCode::ok;
}

}  // namespace

void add_schema(CommandLine& line) {
  auto options = std::make_shared<Options>();
  line.verb("schema", "Print the JSON Schema of wye.yaml, or explain one key of it")
      .examples(
          "  wye schema > wye.schema.json    for editors\n"
          "  wye schema tasks.latency.ttft")
      .value("key", options->key, "path of a key, as in tasks.latency.ttft")
      .flag("--markdown", options->markdown, "print the configuration reference")
      .run([options] { return print_schema(*options); });
}

}  // namespace wye
