// Online check: all providers of a policy asked at once (lab/provider_probe.h), and what came of it
// as diagnostics, as a table and as JSON. For `wye check --online`.
#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "config/diagnostics.h"
#include "lab/provider_probe.h"

namespace wye {

// One for each provider, in the order of the policy. Every probe ends within `patience_ms`.
Async<std::vector<ProviderProbe>> probe_all(World& world, HttpClient& client, const Rules& rules,
                                            DurationMs patience_ms);

// What is wrong, with its place in the file.
config::Diagnostics diagnose(const std::vector<ProviderProbe>& probes, const Rules& rules,
                             DurationMs patience_ms);

// A line a provider and a line a deployment, for people.
std::string online_table(const std::vector<ProviderProbe>& probes, const Rules& rules);
// {"providers":[{"name","url","reached","tls","key","took_ms","error"}],
//  "deployments":[{"name","provider","model","offered"}]}; true, false or null for not known.
std::string online_json(const std::vector<ProviderProbe>& probes, const Rules& rules);

// Whether an error says only that a provider could not be asked, and nothing of the file.
bool only_unreachable(const config::Diagnostic& diagnostic);

}  // namespace wye
