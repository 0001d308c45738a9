// Codes: every diagnostic that reading a configuration can give, with the paragraph that
// `wye help CODE` prints and the reference shows. A code keeps its meaning for ever.
//
// Constant data, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wye::config {

enum class Severity : std::uint8_t {
  error,
  warning
};
std::string_view to_string(Severity severity);

enum class Code : std::uint16_t {
  // 10xx: the text is not YAML that we read.
  encoding = 1001,
  syntax = 1002,
  too_large = 1003,
  too_deep = 1004,
  too_many_nodes = 1005,
  empty = 1006,
  many_documents = 1007,
  duplicate_key = 1008,
  yaml_feature = 1009,
  // 11xx: keys and types.
  missing_key = 1101,
  unknown_key = 1102,
  wrong_type = 1103,
  unknown_word = 1104,
  bad_name = 1105,
  out_of_range = 1106,
  bad_version = 1107,
  empty_value = 1108,
  one_of_keys = 1109,
  // 12xx: values with a unit or a form.
  bad_duration = 1201,
  bad_money = 1202,
  bad_price = 1203,
  bad_count = 1204,
  bad_bytes = 1205,
  bad_percent = 1206,
  bad_range = 1207,
  bad_address = 1208,
  bad_url = 1209,
  bad_rate = 1210,
  bad_time_window = 1211,
  bad_comparison = 1212,
  bad_date = 1213,
  bad_commit = 1214,
  // 13xx: names.
  unknown_name = 1301,
  name_clash = 1302,
  listed_twice = 1303,
  unused = 1304,
  too_many_names = 1305,
  // 14xx: secrets and keys.
  clear_secret = 1401,
  bad_reference = 1402,
  secret_missing = 1403,
  secret_unusable = 1404,
  bad_hash = 1405,
  same_secret = 1406,
  key_expired = 1407,
  open_listener = 1408,
  default_task_forbidden = 1409,
  same_listener = 1410,
  // 15xx: providers and the catalog.
  unknown_kind = 1501,
  unknown_model = 1502,
  clear_transport = 1503,
  endpoint_in_url = 1504,
  ca_file = 1505,
  model_retires = 1506,
  url_placeholder = 1507,
  path_in_url = 1508,
  // 16xx: what only the world knows; `wye check --online`.
  provider_unreachable = 1601,
  tls_failed = 1602,
  key_refused = 1603,
  no_answer = 1604,
  odd_answer = 1605,
  model_not_offered = 1606,
  not_verified = 1607,
  // 21xx: tasks.
  no_fallback = 2101,
  useless_fallback = 2102,
  latency_order = 2103,
  schema_unusable = 2104,
  commit_too_early = 2105,
  // 22xx: routing and capability.
  price_unknown = 2207,
  baseline_price = 2208,
  ability_unknown = 2209,
  lacks_ability = 2210,
  context_too_small = 2211,
  not_approved = 2212,
  outside_regions = 2213,
  retains_data = 2214,
  over_price = 2215,
  weights_ignored = 2216,
  no_weight = 2217,
  // 23xx: rules.
  rule_unreachable = 2301,
  unknown_zone = 2302,
  // 29xx: documented, but not in this version.
  key_not_available = 2901,
  value_not_available = 2903,
};

struct CodeInfo {
  Code code;
  Severity severity;
  std::string_view title;        // a few words
  std::string_view explanation;  // a paragraph: what it means and what to do
};

std::span<const CodeInfo> codes();
const CodeInfo& info(Code code);
std::string format_code(Code code);  // "WYE1102"
// "WYE1102", "wye1102" or "1102".
std::optional<Code> parse_code(std::string_view text);
// What `wye help CODE` prints.
std::string explain(Code code);

}  // namespace wye::config
