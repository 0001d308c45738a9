#include <fmt/core.h>

#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "config/catalog_print.h"

namespace wye {
namespace {

struct Options {
  std::string vendor;
  bool json = false;
};

ExitCode print_catalog(const Options& options) {
  const Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  if (!catalog) {
    fmt::print(stderr, "{}\n", catalog.error().message);
    return ExitCode::failed;
  }
  if (options.vendor.empty()) {
    fmt::print("{}", options.json ? config::format_vendors_json(*catalog)
                                  : config::format_vendors(*catalog));
    return ExitCode::ok;
  }
  const std::optional<std::string> models =
      options.json ? config::format_models_json(*catalog, options.vendor)
                   : config::format_models(*catalog, options.vendor);
  if (!models) {
    const std::string_view meant = config::nearest_vendor(*catalog, options.vendor);
    fmt::print(
        stderr, "the catalog has no vendor {}{}\n", options.vendor,
        meant.empty() ? "; `wye catalog` lists them" : fmt::format(" · did you mean {}?", meant));
    return ExitCode::usage;
  }
  fmt::print("{}", *models);
  return ExitCode::ok;
}

}  // namespace

void add_catalog(CommandLine& line) {
  auto options = std::make_shared<Options>();
  line.verb("catalog", "List known vendors, or the models of one")
      .examples("  wye catalog\n  wye catalog openai\n  wye catalog mistral --json")
      .value("vendor", options->vendor, "name of a vendor")
      .flag("--json", options->json, "print one JSON document")
      .run([options] { return print_catalog(*options); });
}

}  // namespace wye
