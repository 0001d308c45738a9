#include "app/load_policy.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

namespace wye {
namespace {

constexpr const char* usual_config_path = "wye.yaml";

Result<LoadedFile> load_with(const config::Environment& environment, const std::string& path,
                             const config::LoadOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  Result<std::string> text = environment.read_file(path);
  if (!text) return fail(std::move(text.error()));
  Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  if (!catalog) return fail(std::move(catalog.error()));
  LoadedFile loaded;
  loaded.result = config::load(*text, path, *catalog, environment, options);
  loaded.report = config::format_text(loaded.result.diagnostics, path, loaded.result.shown_text);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  loaded.took_ms = took.count();
  loaded.text = std::move(*text);
  loaded.result.summary.took_ms = loaded.took_ms;
  return loaded;
}

}  // namespace

Result<LoadedFile> load_policy_file(const std::string& path, const config::LoadOptions& options) {
  return load_with(config::process_environment(), path, options);
}

Result<LoadedFile> load_policy_without_secrets(const std::string& path) {
  config::Environment environment = config::process_environment();
  environment.variable = [](const std::string& name) { return std::optional("made-up-" + name); };
  return load_with(environment, path, {});
}

Fault with_way_to_begin(Fault fault, const std::string& path) {
  std::error_code unknown;
  if (fault.kind == FaultKind::config && !std::filesystem::exists(path, unknown)) {
    const std::string output = path == usual_config_path ? "" : " --output " + path;
    fault.message += fmt::format("; `wye init{}` writes one", output);
  }
  return fault;
}

std::string default_config_path() {
  const char* named = std::getenv("WYE_CONFIG");
  return named != nullptr && *named != '\0' ? named : usual_config_path;
}

}  // namespace wye
