// Banner: what `wye serve` tells when it is ready: the truth about where it listens, for whom, and
// one request to try.
#pragma once

#include <cstdint>
#include <string>

#include "core/rules.h"

namespace wye {

struct BannerFacts {
  const std::string& version;
  const Rules& rules;
  std::uint16_t port;
  std::uint16_t admin_port;
  bool simulator;
};

// host:port, with the brackets that IPv6 needs.
std::string authority(const std::string& host, std::uint16_t port);

void print_banner(const BannerFacts& facts);

}  // namespace wye
