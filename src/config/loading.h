// Loading: what the readers of the sections share while one file is read. Internal to config/.
//
// Lives on the stack of load().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/catalog.h"
#include "config/document.h"
#include "config/environment.h"
#include "config/load.h"
#include "core/rules.h"

namespace wye::config {

// Something to underline.
struct Place {
  Where where;
  std::size_t length = 1;
};
inline Place place_of(const Node& node) { return {node.where, node.length()}; }
inline Place place_of(const Entry& entry) { return {entry.where, entry.key.size()}; }

// What is known of a route besides the Route itself.
struct RouteNotes {
  bool has_strategy = false;   // the file says one, or gives weights
  bool of_task = false;        // made for one task, not a name of the file
  bool complete = true;        // false: a member could not be read, which is reported
  std::vector<Place> members;  // where each member is named
};

// What is known of a task besides the Task itself: where its settings stand.
struct TaskNotes {
  Place route;
  std::vector<Place> fallbacks;
  Place data_class;
  bool data_class_known = true;  // false: no provider is approved for it, which is reported
  bool complete = true;          // false: a fallback could not be read, which is reported
};

struct Loading {
  const Node& root;
  const Catalog& catalog;
  const Environment& environment;
  const LoadOptions& options;
  Diagnostics& diagnostics;
  Rules& rules;
  UsedEntries used{};
  std::string referenced{};  // text of the files that the policy is made of besides its own
  std::vector<const CatalogProvider*> models_of{};  // by provider; nullptr: not in the catalog
  std::vector<RouteNotes> route_notes{};            // by route
  std::vector<TaskNotes> task_notes{};              // by task
  std::vector<Place> rule_places{};                 // `use` of each rule
  std::vector<bool> provider_used{}, deployment_used{};

  Diagnostic& add(Code code, Place place, std::string message, Advice advice = {}) {
    return diagnostics.add(code, place.where, place.length, std::move(message), std::move(advice));
  }
  // The entries of a section, none when it is absent or no map.
  const std::vector<Entry>& entries(std::string_view section) const;
};

// Readers of the sections, in the order in which load() calls them; each a file.
void read_server(Loading& loading);
void read_reliability(Loading& loading);
void read_providers(Loading& loading);
void read_deployments(Loading& loading);
void read_routes(Loading& loading);
void read_tasks(Loading& loading);
void read_keys(Loading& loading);
void read_rules(Loading& loading);
void read_baseline(Loading& loading);

// Parts of a provider: read_credentials.cc and read_address.cc. The address may need the
// credentials, which know their project.
void read_dialect(const Entry& entry, Provider& provider);
void read_credentials(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                      Provider& provider);
// True when the address is the catalog's own.
bool read_address(Loading& loading, const Entry& entry, const CatalogProvider* vendor,
                  Provider& provider);

// Parts of a task: read_answers.cc. The output first, for it says how streams are passed on.
void read_output(Loading& loading, const Node* node, Task& task);
void read_stream(Loading& loading, const Node* node, Task& task);

// What can be seen without serving a request: check_policy.cc and check_rules.cc.
void check_policy(Loading& loading);
void check_rule_order(Loading& loading);

// The index of the named thing, or -1 after reporting that the name leads nowhere.
int find_deployment(Loading& loading, const Node& name);
int find_task(Loading& loading, const Node& name);
int find_key(Loading& loading, const Node& name);
// A route or deployment.
std::optional<Target> find_target(Loading& loading, const Node& name);
std::vector<int> deployments_of(const Rules& rules, const Target& target);

// The bit of a region or data class, added when it is new; 0 after reporting that there are too
// many.
NameSet name_bit(Loading& loading, std::vector<std::string>& names, const Node& name,
                 std::string_view noun);
int index_of(const std::vector<std::string>& names, std::string_view name);  // -1: not there

// The secret behind a reference, "" after reporting that it is not there.
std::string read_secret(Loading& loading, const Node& node);
// The same for a secret of several lines, such as a key file; it is not checked.
std::string read_secret_text(Loading& loading, const Node& node);
std::string checked_secret(Loading& loading, std::string secret, Place place,
                           std::string_view source);

// Fills the offsets of the zone around now; false when the zone is not known.
bool fill_offsets(TimeIs& window, TimeMs now);

// The text with all that looks like a secret masked; keys of well-known vendors go to `found`.
std::string mask_secrets(std::string_view text, std::vector<Place>& found);
// Reports them, except where check_shape has reported the same value.
void report_secrets(const std::vector<Place>& found, Diagnostics& diagnostics);
// Masks the values that check_shape found to be secrets in clear.
void mask_clear_values(const Node& root, const Diagnostics& diagnostics, std::string& shown_text);

}  // namespace wye::config
