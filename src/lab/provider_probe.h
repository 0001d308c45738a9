// Provider probe: asks one provider, without cost, whether it is there, takes the key and has the
// models of the deployments. It sends what the gateway would send: the same client, trust anchors
// and credentials. On the thread of the world that it is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/rules.h"
#include "io/http_client.h"
#include "io/world.h"

namespace wye {

enum class Probed : std::uint8_t {
  unknown,  // not asked, or not told
  yes,
  no
};

struct ModelProbe {
  int deployment = 0;  // index into Rules::deployments
  Probed offered = Probed::unknown;
  std::string near;  // the one that was perhaps meant
};

struct ProviderProbe {
  int provider = 0;                   // index into Rules::providers
  Probed reached = Probed::unknown;   // the address resolves, and somebody accepts connections
  Probed tls = Probed::unknown;       // stays unknown for plain http
  Probed answered = Probed::unknown;  // as a provider does
  Probed key = Probed::unknown;       // stays unknown when there is none
  std::int64_t took_us = 0;
  std::optional<Fault> fault;  // what stopped the probe; holds no secret
  std::vector<ModelProbe> models;
};

// Ends by `deadline`, whatever the provider does. `rules` must outlive it.
Async<ProviderProbe> probe_provider(World& world, HttpClient& client, const Rules& rules,
                                    int provider, MonoUs deadline);

}  // namespace wye
