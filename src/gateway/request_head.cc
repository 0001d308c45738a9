#include "gateway/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.h"

namespace wye {
namespace {

constexpr std::size_t client_id_max = 128;
constexpr std::size_t dialect_header_bytes_max = 4096;
constexpr std::size_t tags_max = 32;
constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t metadata_name_bytes_max = 64;
constexpr std::size_t metadata_value_bytes_max = 512;

bool is_id_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
}

Fault bad_header(std::string_view name, std::string_view wanted) {
  Fault bad = fault(FaultKind::bad_request,
                    "the header " + std::string(name) + " must be " + std::string(wanted));
  bad.param = name;
  bad.code = "invalid_header";
  return bad;
}

// Headers that steer, or say who asks: whoever reads the request next might take the other one.
bool must_be_single(std::string_view name) {
  static constexpr std::array<std::string_view, 4> of_keys{"authorization", "x-api-key", "api-key",
                                                           "x-goog-api-key"};
  constexpr std::string_view own = "x-wye-";
  return equal_ignoring_case(name.substr(0, own.size()), own) ||
         std::any_of(of_keys.begin(), of_keys.end(),
                     [&](std::string_view key) { return equal_ignoring_case(name, key); });
}

Result<bool> read_flag(const Headers& headers, std::string_view name) {
  const std::string_view value = headers.get(name);
  if (value.empty() || value == "0" || value == "false") return false;
  if (value == "1" || value == "true") return true;
  return fail(bad_header(name, "1 or 0"));
}

void read_tags(const Headers& headers, AskFacts& facts) {
  const std::string_view value = headers.get("x-wye-tags");
  if (value.empty()) return;
  for (const std::string_view part : split(value, ',')) {
    const std::string_view tag = trim(part);
    if (!tag.empty() && facts.tags.size() < tags_max) facts.tags.emplace_back(tag);
  }
}

Result<void> read_timeout(const Headers& headers, AskFacts& facts) {
  const std::string_view value = headers.get("x-wye-timeout-ms");
  if (value.empty()) return {};
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), ms);
  if (error != std::errc{} || end != value.data() + value.size() || ms < 1) {
    return fail(bad_header("x-wye-timeout-ms", "a whole number of milliseconds, at least 1"));
  }
  facts.timeout_ms = ms;
  return {};
}

Result<void> read_max_cost(const Headers& headers, AskFacts& facts) {
  const std::string_view value = headers.get("x-wye-max-cost-usd");
  if (value.empty()) return {};
  const auto money = parse_money("$" + std::string(value));
  if (!money)
    return fail(bad_header("x-wye-max-cost-usd", "a decimal number of dollars, as in 0.05"));
  facts.max_cost_nanousd = *money;
  return {};
}

}  // namespace

std::string client_request_id(const Headers& headers) {
  const std::string_view value = headers.get("x-request-id");
  if (value.empty() || value.size() > client_id_max) return {};
  return std::all_of(value.begin(), value.end(), is_id_character) ? std::string(value)
                                                                  : std::string();
}

Result<void> check_single(const Headers& headers) {
  const std::span<const Header> all = headers.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!must_be_single(all[i].name)) continue;
    const auto same = [&](const Header& other) {
      return equal_ignoring_case(other.name, all[i].name);
    };
    if (std::none_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(), same)) continue;
    const std::string name = to_lower(all[i].name);
    Fault twice = fault(FaultKind::bad_request, "the header " + name + " is given twice");
    twice.param = name;
    twice.code = "duplicate_header";
    return fail(std::move(twice));
  }
  return {};
}

Result<void> check_encoding(const Headers& headers) {
  const std::string_view encoding = headers.get("content-encoding");
  if (encoding.empty() || equal_ignoring_case(encoding, "identity")) return {};
  Fault packed = bad_header("content-encoding", "identity; send the body as plain JSON");
  packed.code = "unsupported_content_encoding";
  packed.status = 415;
  return fail(std::move(packed));
}

Result<void> read_wye_headers(const Headers& headers, AskFacts& facts) {
  facts.task_header = headers.get("x-wye-task");
  read_tags(headers, facts);
  if (auto done = read_timeout(headers, facts); !done) return done;
  if (auto done = read_max_cost(headers, facts); !done) return done;
  const Result<bool> no_fallback = read_flag(headers, "x-wye-no-fallback");
  if (!no_fallback) return fail(no_fallback.error());
  facts.no_fallback = *no_fallback;
  return {};
}

void read_dialect_headers(const Headers& headers, Ask& ask) {
  if (ask.dialect != DialectId::anthropic) return;
  const auto bounded = [](std::string_view text) {
    return text.size() <= dialect_header_bytes_max ? std::string(text) : std::string();
  };
  ask.version = bounded(headers.get("anthropic-version"));
  ask.betas = bounded(headers.get("anthropic-beta"));
}

Result<bool> read_dry_run(const Headers& headers) { return read_flag(headers, "x-wye-dry-run"); }

Result<void> check_names(const AskFacts& facts) {
  const auto too_long = [](std::string_view field, std::size_t bytes_max) {
    Fault bad = fault(FaultKind::bad_request, std::string(field) + " may have " +
                                                  std::to_string(bytes_max) + " bytes at most");
    bad.param = field;
    bad.code = "string_above_max_length";
    return fail(std::move(bad));
  };
  if (facts.model.size() > name_bytes_max) return too_long("model", name_bytes_max);
  if (facts.task_header.size() > name_bytes_max) return too_long("x-wye-task", name_bytes_max);
  if (facts.task_metadata.size() > name_bytes_max) return too_long("metadata.task", name_bytes_max);
  for (const auto& [name, value] : facts.metadata) {
    if (name.size() > metadata_name_bytes_max) return too_long("metadata", metadata_name_bytes_max);
    if (value.size() > metadata_value_bytes_max) {
      return too_long("metadata." + name, metadata_value_bytes_max);
    }
  }
  return {};
}

std::string upstream_headers(const Headers& headers) {
  static constexpr std::array<std::string_view, 5> passed{"traceparent", "tracestate",
                                                          "openai-beta", "http-referer", "x-title"};
  std::string lines;
  for (const std::string_view name : passed) {
    if (const std::string_view value = headers.get(name); !value.empty()) {
      write_header(lines, name, value);
    }
  }
  return lines;
}

}  // namespace wye
