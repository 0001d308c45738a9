// Load: wye.yaml and the catalog to Rules. All problems of a file are reported, not the first one;
// rules come only when there is no error.
//
// Called on one thread; the Rules that come out are immutable and shared by all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/catalog.h"
#include "config/diagnostics.h"
#include "config/environment.h"
#include "core/rules.h"

namespace wye::config {

struct LoadOptions {
  // Serving needs every secret; checking a file that is meant for another machine does not.
  bool secrets_required = false;
};

struct LoadResult {
  RulesPtr rules;  // nullptr when there is an error
  std::vector<Diagnostic> diagnostics;
  std::string shown_text;  // the source with secrets masked, for format_text
  Summary summary;         // all but the time it took
};

LoadResult load(std::string_view text, std::string_view path, const Catalog& catalog,
                const Environment& environment, const LoadOptions& options = {});

}  // namespace wye::config
