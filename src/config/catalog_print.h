// Printing the catalog for `wye catalog`: vendors, or the models of one, as a table or as JSON.
//
// Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/catalog.h"

namespace wye::config {

// All vendors, one a line.
std::string format_vendors(const Catalog& catalog);
std::string format_vendors_json(const Catalog& catalog);
// The models of a vendor, one a line; nothing when there is no such vendor.
std::optional<std::string> format_models(const Catalog& catalog, std::string_view vendor);
std::optional<std::string> format_models_json(const Catalog& catalog, std::string_view vendor);
// The name that was perhaps meant, "" when nothing is near.
std::string_view nearest_vendor(const Catalog& catalog, std::string_view name);

}  // namespace wye::config
