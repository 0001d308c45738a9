// Sim log: keeping, finding, writing. See sim_log.h.
#include "lab/sim_log.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "wire/json.h"

namespace wye {
namespace {

constexpr std::array<std::string_view, 6> secret_headers = {
    "authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization"};
constexpr std::size_t fingerprint_digits = 12;

void write_entry(const SimLogEntry& entry, JsonWriter& json) {
  json.begin_object()
      .field("number", static_cast<std::int64_t>(entry.number))
      .field("at_ms", entry.at_ms)
      .field("method", entry.method)
      .field("path", entry.path)
      .field("dialect", entry.dialect)
      .field("model", entry.model)
      .field("stream", entry.stream)
      .field("fault", entry.fault)
      .field("status", entry.status)
      .field("outcome", entry.outcome)
      .field("input_tokens", entry.input_tokens)
      .field("output_tokens", entry.output_tokens)
      .field("client_closed", entry.client_closed)
      .field("total_us", entry.total_us)
      .field("body_bytes", static_cast<std::int64_t>(entry.body_bytes));
  if (entry.prefilled) json.field("prefill", entry.prefill);
  if (!entry.body.empty()) json.field("body", entry.body);
  json.key("headers").begin_object();
  for (const auto& [name, value] : entry.headers) json.field(name, value);
  json.end_object().end_object();
}

}  // namespace

std::uint64_t SimLog::add(SimLogEntry entry) {
  entry.number = ++last_;
  if (entries_max_ == 0) return last_;
  if (entries_.size() == entries_max_) entries_.pop_front();
  entries_.push_back(std::move(entry));
  return last_;
}

SimLogEntry* SimLog::find(std::uint64_t number) {
  if (entries_.empty() || number < entries_.front().number || number > entries_.back().number)
    return nullptr;
  return &entries_[number - entries_.front().number];
}

std::string SimLog::json(std::uint64_t after) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("seen", static_cast<std::int64_t>(last_)).key("entries").begin_array();
  for (const SimLogEntry& entry : entries_)
    if (entry.number > after) write_entry(entry, json);
  json.end_array().end_object();
  return out;
}

std::string without_secret(std::string_view name, std::string_view value) {
  const auto same = [&](std::string_view secret) { return equal_ignoring_case(secret, name); };
  if (std::none_of(secret_headers.begin(), secret_headers.end(), same)) return std::string(value);
  return "sha256:" + sha256_hex(value).substr(0, fingerprint_digits);
}

}  // namespace wye
