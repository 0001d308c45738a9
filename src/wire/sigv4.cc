#include "wire/sigv4.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/hash.h"
#include "base/text.h"
#include "wire/url_encode.h"

namespace wye {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

using Pair = std::pair<std::string, std::string>;

// "20150830T123600Z"; its first eight characters are the date.
std::string timestamp(TimeMs now) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(now)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  char out[32];
  const int length = std::snprintf(
      out, sizeof out, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {out, static_cast<std::size_t>(length)};
}

// Without "." and "..", and without empty segments; a slash at the end stays.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  std::string_view last;
  for (const std::string_view segment : split(path, '/')) {
    last = segment;
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (kept.empty() || last.empty() || last == "." || last == "..") out += '/';
  return out;
}

std::string canonical_path(std::string_view path, bool normalize) {
  if (path.empty()) path = "/";
  return url_encode(normalize ? normalized(path) : std::string(path), "/");
}

// Names and values encoded in the one way that is meant, whatever way they were written.
std::vector<Pair> query_pairs(std::string_view query) {
  const auto encoded = [](std::string_view text) {
    return url_encode(percent_decode(text).value_or(std::string(text)));
  };
  std::vector<Pair> out;
  for (const std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t mark = std::min(part.find('='), part.size());
    out.emplace_back(encoded(part.substr(0, mark)),
                     encoded(part.substr(std::min(mark + 1, part.size()))));
  }
  return out;
}

std::string canonical_query(std::vector<Pair> pairs) {
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Runs of white space become one space, those at the ends nothing.
std::string squeezed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool space = is_space(c);
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

struct SignedHeaders {
  std::string lines;  // "name:value\n" each
  std::string names;  // "host;x-amz-date"
};

SignedHeaders signed_headers(std::vector<Pair> headers) {
  // Headers of one name keep their order.
  std::stable_sort(headers.begin(), headers.end(),
                   [](const Pair& a, const Pair& b) { return a.first < b.first; });
  SignedHeaders out;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (i > 0 && headers[i].first == headers[i - 1].first) {
      out.lines.back() = ',';
    } else {
      if (i > 0) out.names += ';';
      out.names += headers[i].first;
      out.lines.append(headers[i].first).append(":");
    }
    out.lines.append(headers[i].second).append("\n");
  }
  return out;
}

std::string_view bytes_of(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// One request on its way to its signature.
class Signer {
 public:
  Signer(const AwsRequest& request, const AwsCredentials& credentials, const AwsService& service,
         TimeMs now, const AwsSigning& signing)
      : request_(request),
        credentials_(credentials),
        service_(service),
        signing_(signing),
        time_(timestamp(now)),
        scope_(time_.substr(0, 8) + "/" + service.region + "/" + service.name + "/aws4_request"),
        body_hash_(to_hex(sha256(request.body))) {
    for (const Header& header : request.headers) {
      headers_.emplace_back(to_lower(header.name), squeezed(header.value));
    }
  }

  AwsSignature by_headers() {
    add_header("x-amz-date", time_, true);
    if (!credentials_.session_token.empty()) {
      add_header("x-amz-security-token", credentials_.session_token, signing_.sign_session_token);
    }
    if (signing_.send_body_hash) add_header("x-amz-content-sha256", body_hash_, true);
    const std::string names = sign(query_pairs(request_.query));
    out_.headers.emplace_back("authorization",
                              std::string(algorithm) + " Credential=" + credential() +
                                  ", SignedHeaders=" + names + ", Signature=" + out_.signature);
    return std::move(out_);
  }

  AwsSignature by_query() {
    std::vector<Pair> added{
        {"X-Amz-Algorithm", std::string(algorithm)},
        {"X-Amz-Credential", url_encode(credential())},
        {"X-Amz-Date", time_},
        {"X-Amz-SignedHeaders", url_encode(signed_headers(headers_).names)},
        {"X-Amz-Expires", std::to_string(signing_.expires_ms / 1000)},
    };
    const Pair token{"X-Amz-Security-Token", url_encode(credentials_.session_token)};
    const bool has_token = !credentials_.session_token.empty();
    if (has_token && signing_.sign_session_token) added.push_back(token);
    std::vector<Pair> pairs = query_pairs(request_.query);
    pairs.insert(pairs.end(), added.begin(), added.end());
    sign(std::move(pairs));
    if (has_token && !signing_.sign_session_token) added.push_back(token);
    added.emplace_back("X-Amz-Signature", out_.signature);
    out_.query = request_.query;
    for (const auto& [name, value] : added) {
      if (!out_.query.empty()) out_.query += '&';
      out_.query.append(name).append("=").append(value);
    }
    return std::move(out_);
  }

 private:
  void add_header(std::string name, const std::string& value, bool is_signed) {
    if (is_signed) headers_.emplace_back(name, value);
    out_.headers.emplace_back(std::move(name), value);
  }

  std::string credential() const { return credentials_.access_key_id + "/" + scope_; }

  // Fills in all that leads to the signature; returns the names of the headers that it covers.
  std::string sign(std::vector<Pair> query) {
    const SignedHeaders headers = signed_headers(headers_);
    out_.canonical_request.append(request_.method)
        .append("\n")
        .append(canonical_path(request_.path, signing_.normalize_path))
        .append("\n")
        .append(canonical_query(std::move(query)))
        .append("\n")
        .append(headers.lines)
        .append("\n")
        .append(headers.names)
        .append("\n")
        .append(body_hash_);
    out_.string_to_sign.append(algorithm)
        .append("\n")
        .append(time_)
        .append("\n")
        .append(scope_)
        .append("\n")
        .append(sha256_hex(out_.canonical_request));
    out_.signature = to_hex(hmac_sha256(bytes_of(key()), out_.string_to_sign));
    return headers.names;
  }

  Sha256 key() const {
    Sha256 key = hmac_sha256("AWS4" + credentials_.secret_access_key, time_.substr(0, 8));
    key = hmac_sha256(bytes_of(key), service_.region);
    key = hmac_sha256(bytes_of(key), service_.name);
    return hmac_sha256(bytes_of(key), "aws4_request");
  }

  const AwsRequest& request_;
  const AwsCredentials& credentials_;
  const AwsService& service_;
  const AwsSigning& signing_;
  std::string time_;
  std::string scope_;
  std::string body_hash_;
  std::vector<Pair> headers_;  // lower case and squeezed
  AwsSignature out_;
};

}  // namespace

AwsSignature sign_by_headers(const AwsRequest& request, const AwsCredentials& credentials,
                             const AwsService& service, TimeMs now, const AwsSigning& signing) {
  return Signer(request, credentials, service, now, signing).by_headers();
}

AwsSignature sign_by_query(const AwsRequest& request, const AwsCredentials& credentials,
                           const AwsService& service, TimeMs now, const AwsSigning& signing) {
  return Signer(request, credentials, service, now, signing).by_query();
}

}  // namespace wye
