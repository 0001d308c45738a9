// Reading scalars with units and forms; see values.h.
#include "config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/text.h"
#include "wire/http1.h"

namespace wye::config {
namespace {

const std::string* text_of(const Node* node) {
  return node != nullptr && node->is_scalar() ? &node->text : nullptr;
}

// Applies one of the parsers of base/units.h.
template <class T>
std::optional<T> parsed(const Node* node, std::optional<T> (*parse)(std::string_view)) {
  const std::string* text = text_of(node);
  return text == nullptr ? std::nullopt : parse(*text);
}

std::optional<int> number(std::string_view text, int min, int max) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
    return std::nullopt;
  }
  return value;
}

// "18:00"; 24:00 is the end of the day.
std::optional<int> minute_of_day(std::string_view text) {
  text = trim(text);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || text.size() != colon + 3)
    return std::nullopt;
  const auto hour = number(text.substr(0, colon), 0, 24);
  const auto minute = number(text.substr(colon + 1), 0, 59);
  if (!hour || !minute || (*hour == 24 && *minute != 0)) return std::nullopt;
  return *hour * 60 + *minute;
}

bool is_ipv4(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return part.size() <= 3 && number(part, 0, 255).has_value();
         });
}

// Names are not looked up for listening, so only addresses and localhost are taken.
bool is_host(const std::string& host) {
  if (host == "localhost" || is_ipv4(host)) return true;
  return host.find(':') != std::string::npos && parse_url("http://[" + host + "]").has_value();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || is_digit(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '_'; });
}

}  // namespace

std::optional<bool> read_flag(const Node* node) {
  return node == nullptr ? std::nullopt : plain_bool(*node);
}

std::optional<std::int64_t> read_integer(const Node* node) {
  if (node == nullptr) return std::nullopt;
  const auto value = plain_integer(*node);
  return value ? std::optional<std::int64_t>(*value) : std::nullopt;
}

std::string read_text(const Node* node) {
  const std::string* text = text_of(node);
  return text == nullptr ? std::string{} : *text;
}

std::optional<DurationMs> read_duration(const Node* node) {
  return parsed(node, parse_duration_ms);
}
std::optional<NanoUsd> read_money(const Node* node) { return parsed(node, parse_money); }
std::optional<PicoUsdPerToken> read_price(const Node* node) { return parsed(node, parse_price); }
std::optional<std::int64_t> read_count(const Node* node) { return parsed(node, parse_count); }
std::optional<std::int64_t> read_bytes(const Node* node) { return parsed(node, parse_bytes); }

std::optional<std::pair<DurationMs, DurationMs>> read_duration_range(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  const std::size_t dots = text->find("..");
  if (dots == std::string::npos) return std::nullopt;
  const auto from = parse_duration_ms(std::string_view(*text).substr(0, dots));
  const auto to = parse_duration_ms(std::string_view(*text).substr(dots + 2));
  if (!from || !to || *from > *to) return std::nullopt;
  return std::pair{*from, *to};
}

std::optional<std::int64_t> read_percent_ppm(const Node* node) {
  const auto value = parsed(node, parse_percent_ppm);
  return value && *value <= 1'000'000 ? value : std::nullopt;
}

std::optional<std::int64_t> read_rate(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr || !text->ends_with("/s")) return std::nullopt;
  return parse_count(std::string_view(*text).substr(0, text->size() - 2));
}

std::optional<ListenAddress> read_address(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  const std::size_t colon = text->rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  ListenAddress address;
  address.host = text->substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return std::nullopt;  // IPv6 needs its brackets
  }
  const auto port = number(std::string_view(*text).substr(colon + 1), 0, 65535);
  if (!port || !is_host(address.host)) return std::nullopt;
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

std::optional<StreamRules> read_commit(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  StreamRules rules;
  if (*text == "first_token") return rules;
  if (*text == "validated") {
    rules.commit = Commit::validated;
    return rules;
  }
  std::string_view inner = *text;
  if (!inner.starts_with("window(") || !inner.ends_with(')')) return std::nullopt;
  inner = inner.substr(7, inner.size() - 8);
  const std::vector<std::string_view> parts = split(inner, ',');
  if (parts.size() != 2 || !trim(parts[0]).ends_with("tok")) return std::nullopt;
  const std::string_view count = trim(parts[0]);
  const auto tokens = parse_count(trim(count.substr(0, count.size() - 3)));
  const auto time = parse_duration_ms(trim(parts[1]));
  if (!tokens || !time || *tokens == 0 || *time == 0) return std::nullopt;
  rules.commit = Commit::window;
  rules.window_tokens = *tokens;
  rules.window_ms = *time;
  return rules;
}

std::optional<Url> read_url(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  auto url = parse_url(*text);
  return url ? std::optional<Url>(std::move(*url)) : std::nullopt;
}

std::optional<TokensAre> read_comparison(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  static constexpr auto operators =
      std::to_array<std::pair<std::string_view, Compare>>({{"<=", Compare::less_equal},
                                                           {">=", Compare::greater_equal},
                                                           {"==", Compare::equal},
                                                           {"!=", Compare::not_equal},
                                                           {"<", Compare::less},
                                                           {">", Compare::greater}});
  const std::string_view trimmed = trim(*text);
  for (const auto& [sign, compare] : operators) {
    if (!trimmed.starts_with(sign)) continue;
    const auto tokens = parse_count(trimmed.substr(sign.size()));
    return tokens ? std::optional<TokensAre>({compare, *tokens}) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<TimeIs> read_time_window(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  const std::string_view trimmed = trim(*text);
  const std::size_t dash = trimmed.find('-');
  const std::size_t blank = trimmed.find(' ', dash == std::string_view::npos ? 0 : dash + 2);
  if (dash == std::string_view::npos || blank == std::string_view::npos) return std::nullopt;
  const auto from = minute_of_day(trimmed.substr(0, dash));
  const auto to = minute_of_day(trimmed.substr(dash + 1, blank - dash - 1));
  const std::string_view zone = trim(trimmed.substr(blank));
  if (!from || !to || *from == 24 * 60 || *from == *to || zone.empty()) return std::nullopt;
  TimeIs window;
  window.from_minute = *from;
  window.to_minute = *to;
  window.zone = zone;
  return window;
}

std::optional<TimeMs> read_date(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr) return std::nullopt;
  const std::string_view view = *text;
  const bool with_time = view.size() == 20;
  if (view.size() != 10 && !with_time) return std::nullopt;
  if (view[4] != '-' || view[7] != '-') return std::nullopt;
  if (with_time && (view[10] != 'T' || view[13] != ':' || view[16] != ':' || view[19] != 'Z'))
    return std::nullopt;
  const auto year = number(view.substr(0, 4), 1970, 9999);
  const auto month = number(view.substr(5, 2), 1, 12);
  const auto day = number(view.substr(8, 2), 1, 31);
  const auto hour = with_time ? number(view.substr(11, 2), 0, 23) : 0;
  const auto minute = with_time ? number(view.substr(14, 2), 0, 59) : 0;
  const auto second = with_time ? number(view.substr(17, 2), 0, 59) : 0;
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + *hour) * 60 + *minute) * 60 + *second) * 1000;
}

std::optional<Sha256> read_hash(const Node* node) {
  const std::string* text = text_of(node);
  Sha256 out{};
  if (text == nullptr || text->size() != out.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit((*text)[i * 2]);
    const int low = hex_digit((*text)[i * 2 + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return out;
}

std::optional<Reference> read_reference(const Node* node) {
  const std::string* text = text_of(node);
  if (text == nullptr || !text->starts_with("${") || !text->ends_with('}')) return std::nullopt;
  const std::string inner = text->substr(2, text->size() - 3);
  if (inner.starts_with("env:") && is_variable_name(std::string_view(inner).substr(4))) {
    return Reference{Reference::Kind::variable, inner.substr(4)};
  }
  if (inner.starts_with("file:") && inner.size() > 5 &&
      inner.find_first_of("{}") == std::string::npos) {
    return Reference{Reference::Kind::file, inner.substr(5)};
  }
  return std::nullopt;
}

std::vector<const Node*> read_list(const Node* node) {
  std::vector<const Node*> out;
  if (node == nullptr) return out;
  if (node->is_scalar()) out.push_back(node);
  for (const Node& item : node->items) {
    if (item.is_scalar()) out.push_back(&item);
  }
  return out;
}

}  // namespace wye::config
