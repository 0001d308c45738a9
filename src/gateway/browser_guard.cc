#include "gateway/browser_guard.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace wye {
namespace {

constexpr std::size_t shown_bytes_max = 100;

bool is_digits_and_dots(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

// "host", "host:port", "[address]:port" to the host alone; "" when it cannot be read.
std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? std::string_view{} : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_loopback(std::string_view host) {
  if (equal_ignoring_case(host, "localhost") || host == "::1") return true;
  // A name may begin with 127. as well; an address has nothing but digits and dots.
  return host.starts_with("127.") && is_digits_and_dots(host);
}

bool is_ours(std::string_view host, std::string_view listen_host) {
  return is_loopback(host) || (!host.empty() && host == listen_host);
}

// "http://host:port" to the host; "" for "null" and for what is no web page's.
std::string_view host_of_origin(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return without_port(origin.substr(scheme.size()));
  }
  return {};
}

tl::unexpected<Fault> refuse(std::string_view line, std::string_view value) {
  return fail(FaultKind::forbidden,
              "no key is asked for here, so programs on this machine are answered and web pages of "
              "other sites are not (" +
                  std::string(line) + ": " + std::string(value.substr(0, shown_bytes_max)) + ")");
}

}  // namespace

Result<void> refuse_foreign_pages(const Headers& headers, std::string_view listen_host) {
  const std::string_view host = headers.get("host");
  if (!host.empty() && !is_ours(without_port(host), listen_host)) return refuse("host", host);
  const std::string_view origin = headers.get("origin");
  if (!origin.empty()) {
    if (!is_ours(host_of_origin(origin), listen_host)) return refuse("origin", origin);
    return {};
  }
  const std::string_view site = headers.get("sec-fetch-site");
  if (site == "cross-site") return refuse("sec-fetch-site", site);
  return {};
}

}  // namespace wye
