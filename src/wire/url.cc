// Base addresses of providers, and percent-decoding of paths.
#include <arpa/inet.h>

#include <charconv>

#include "wire/http1.h"
#include "wire/scan.h"

namespace wye {
namespace {

constexpr scan::ByteSet url_host_bytes = scan::ByteSet("-._").with_alphanumeric();
constexpr scan::ByteSet path_bytes = scan::ByteSet("-._~!$&'()*+,;=:@/%").with_alphanumeric();

tl::unexpected<Fault> refuse(std::string_view text, std::string_view why) {
  std::string message = "\"";
  message.append(text).append("\" is no usable address: ").append(why);
  return fail(FaultKind::config, std::move(message));
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_ipv6(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Splits "[::1]:8443" or "host:8443"; false when it is neither. `port` is what follows the colon.
bool split_authority(std::string_view authority, Url& url, std::string_view& port) {
  std::size_t host_end;
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return false;
    url.host = authority.substr(1, bracket - 1);
    if (!is_ipv6(url.host)) return false;
    host_end = bracket + 1;
  } else {
    host_end = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, host_end);
    if (url.host.empty() || !url_host_bytes.has_all(url.host)) return false;
  }
  port = authority.substr(host_end);
  return true;
}

// ":8443", or "" for the usual port.
bool read_port(std::string_view text, Url& url) {
  url.port = url.tls ? 443 : 80;
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 1, end, url.port);
  return read.ec == std::errc() && read.ptr == end && url.port != 0;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (take_prefix(rest, "https://"))
    url.tls = true;
  else if (!take_prefix(rest, "http://"))
    return refuse(text, "it must begin with https:// or http://");
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view path = rest.substr(slash);
  if (rest.substr(0, slash).find('@') != std::string_view::npos)
    return refuse(text, "credentials do not belong into an address");
  std::string_view port;
  if (!split_authority(rest.substr(0, slash), url, port))
    return refuse(text, "the host is missing or malformed");
  if (!read_port(port, url)) return refuse(text, "the port must be a number from 1 to 65535");
  if (path.find_first_of("?#") != std::string_view::npos)
    return refuse(text, "it must have no query and no fragment");
  if (!path_bytes.has_all(path)) return refuse(text, "the path has a byte that must be escaped");
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = path;
  return url;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = scan::hex_value(text[i + 1]);
      const int low = scan::hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out.push_back(c);
  }
  return out;
}

}  // namespace wye
