// Catalog: what is known of vendors and their models: addresses, dialects, prices, abilities. Read
// from the JSON files of catalog/, which are embedded into the binary, or from the excerpt that a
// policy keeps of the entries it used, so that old decisions can be replayed.
//
// Immutable once read; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/deployment.h"

namespace wye {

struct CatalogFile {
  std::string_view name;
  std::string_view json;
};

// The files of catalog/ that were embedded at build time.
std::span<const CatalogFile> embedded_catalog();

namespace config {

struct CatalogModel {
  std::string id;
  std::vector<std::string> aliases;
  Endpoints endpoints;
  Abilities abilities;
  std::int64_t context_tokens = 0;     // 0: unknown
  std::int64_t output_tokens_max = 0;  // 0: unknown
  PriceList price;
  std::string released, retires;  // dates as 2026-09-29, "" when not known
};

struct CatalogProvider {
  std::string name, title, kind, base_url;
  DialectId dialect = DialectId::openai;
  Auth auth = Auth::bearer;
  std::vector<std::string> api_key_variables;
  std::vector<std::string> regions;
  bool zdr = false;
  bool any_model = false;  // takes models that the catalog does not list
  StreamUsage stream_usage = StreamUsage::option;
  bool done_marker = true;
  LimitHeaders limit_headers = LimitHeaders::none;
  bool output_excludes_reasoning = false;
  ChatHabits habits;
  std::vector<CatalogModel> models;

  // By id, then by alias; nullptr when it is not there.
  const CatalogModel* find_model(std::string_view name) const;
};

// What a configuration took from the catalog: model ids by provider.
using UsedEntries = std::map<std::string, std::set<std::string>, std::less<>>;

class Catalog {
 public:
  // Reads every file; a file may be one provider or an excerpt. The texts must outlive the catalog.
  static Result<Catalog> read(std::span<const CatalogFile> files);
  static Result<Catalog> read_excerpt(std::string_view json);  // must outlive the catalog, too

  // By name, then by kind.
  const CatalogProvider* find(std::string_view name) const;
  const std::vector<CatalogProvider>& providers() const { return providers_; }
  // The entries used, as JSON: {"providers":[...]}. Reading it back gives the same entries.
  std::string excerpt(const UsedEntries& used) const;

 private:
  std::vector<CatalogProvider> providers_;
  std::vector<std::string_view> sources_;  // the file of each provider
};

}  // namespace config
}  // namespace wye
