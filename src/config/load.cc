// The order in which a file becomes Rules; see load.h.
#include "config/load.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "config/check_shape.h"
#include "config/document.h"
#include "config/loading.h"
#include "config/schema.h"
#include "config/values.h"

namespace wye::config {
namespace {

void read_store(Loading& loading) {
  const Node* store = loading.root.find("store");
  if (store == nullptr) return;
  const Node* sqlite = store->find("sqlite");
  const Node* path = store->find("path");
  if (sqlite != nullptr && path != nullptr) {
    loading.add(Code::one_of_keys, place_of(*path),
                "\"sqlite\" and \"path\" in \"store\" mean the same", "remove one of them");
  }
  const std::string file = read_text(sqlite != nullptr ? sqlite : path);
  if (!file.empty()) loading.rules.store_path = file;
}

void read_sections(Loading& loading) {
  using Reader = void (*)(Loading&);
  static constexpr std::array<Reader, 12> readers{
      read_server,      read_store,    read_reliability, read_providers,
      read_deployments, read_routes,   read_tasks,       read_keys,
      read_rules,       read_baseline, check_policy,     check_rule_order};
  for (const Reader reader : readers) reader(loading);
}

void finish(Loading& loading, std::string_view text, std::string_view path) {
  Rules& rules = loading.rules;
  rules.source_path = path;
  rules.source_text = text;
  rules.catalog_json = loading.catalog.excerpt(loading.used);
  rules.fingerprint =
      sha256_hex(rules.source_text + '\0' + rules.catalog_json + loading.referenced);
  rules.index_names();
}

// Models, not deployments: two deployments of one model at one provider count once.
int count_models(const Rules& rules) {
  std::set<std::pair<int, std::string>> models;
  for (const Deployment& deployment : rules.deployments)
    models.insert({deployment.provider, deployment.model});
  return static_cast<int>(models.size());
}

}  // namespace

LoadResult load(std::string_view text, std::string_view path, const Catalog& catalog,
                const Environment& environment, const LoadOptions& options) {
  LoadResult result;
  Diagnostics diagnostics;
  auto rules = std::make_shared<Rules>();
  std::vector<Place> secrets;
  result.shown_text = mask_secrets(text, secrets);
  if (const auto root = parse_document(text, diagnostics)) {
    check_shape(*root, file_shape(), diagnostics);
    mask_clear_values(*root, diagnostics, result.shown_text);
    Loading loading{*root, catalog, environment, options, diagnostics, *rules};
    if (root->is_map()) {
      read_sections(loading);
      finish(loading, text, path);
    }
    result.summary.models = count_models(*rules);
    result.summary.tasks = static_cast<int>(rules->tasks.size());
  }
  report_secrets(secrets, diagnostics);
  diagnostics.sort();
  if (!diagnostics.has_errors()) result.rules = std::move(rules);
  result.diagnostics = std::move(diagnostics.all());
  return result;
}

}  // namespace wye::config
