// Provider and Deployment: a vendor account, and a concrete upstream in it (provider x model), with
// prices, limits, abilities and dialect. Built by the configuration reader from the file and the
// catalog; immutable afterwards, shared by all loops.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "core/ability.h"
#include "core/google_credentials.h"
#include "core/where.h"
#include "wire/http1.h"
#include "wire/sigv4.h"

namespace wye {

// Dialects are listed by hand; dialect/table.cc has their functions.
enum class DialectId : std::uint8_t {
  openai,
  openai_responses,
  anthropic,
  gemini,
  bedrock,
  cohere,
  ollama,
  voyage,
};
std::string_view to_string(DialectId id);
std::optional<DialectId> dialect_from(std::string_view name);

enum class Auth : std::uint8_t {
  bearer,
  x_api_key,
  x_goog_api_key,
  api_key,
  sigv4,
  google_oauth,
  none
};
// Whose address a dialect is spoken at: others have paths, and a few members, of their own.
enum class Hosting : std::uint8_t {
  own,
  azure,
  vertex,
  bedrock
};
enum class StreamUsage : std::uint8_t {
  option,
  always,
  none
};
enum class LimitHeaders : std::uint8_t {
  openai,
  anthropic,
  mistral,
  openrouter,
  together,
  cerebras,
  xai,
  none
};
// How a request limits the length of its answer.
enum class OutputLimit : std::uint8_t {
  either,
  max_tokens,
  max_completion_tokens
};
std::string_view to_string(Auth auth);
std::string_view to_string(StreamUsage usage);
std::string_view to_string(LimitHeaders headers);
std::string_view to_string(OutputLimit limit);
std::optional<Auth> auth_from(std::string_view name);
std::optional<StreamUsage> stream_usage_from(std::string_view name);
std::optional<LimitHeaders> limit_headers_from(std::string_view name);
std::optional<OutputLimit> output_limit_from(std::string_view name);

// Sets of names that the configuration declares (regions, data classes): bit i is Rules::regions[i]
// or Rules::data_classes[i]. At most 64 of each.
using NameSet = std::uint64_t;

// Prices in pico-dollars a token. A price that nobody knows is -1.
struct Price {
  PicoUsdPerToken input = -1;
  PicoUsdPerToken cache_read = -1;   // -1: billed as input
  PicoUsdPerToken cache_write = -1;  // -1: billed as input
  PicoUsdPerToken output = -1;
  bool known() const { return input >= 0 && output >= 0; }
};
// From `above_tokens` input tokens upwards (exclusive) the whole request has this price.
struct PriceTier {
  std::int64_t above_tokens = 0;
  Price price;
};
struct PriceList {
  Price base;
  std::vector<PriceTier> tiers;  // ascending
  const Price& at(std::int64_t input_tokens) const;
};

// An account at AWS, for requests that are signed.
struct AwsAccount {
  AwsCredentials keys;
  std::string region;  // as in the address, "eu-west-1"
};

// Where a provider of the OpenAI family departs from OpenAI in what it takes. A request that OpenAI
// would take is rewritten only when it holds what the provider spells otherwise.
struct ChatHabits {
  OutputLimit output_limit = OutputLimit::either;
  bool developer_role = true;  // false: such a message is written as one of the system
  bool random_seed = false;    // the name of seed
  bool stream_options = true;  // false: refused, and usage comes all the same
  bool user = true;            // false: refused
  // Member of a last message of the assistant's that asks for its continuation; "": none is needed.
  std::string prefix_flag;
  std::int64_t tool_id_length = 0;  // ids of calls are so many letters and digits; 0: any
  std::vector<std::string> reasoning_efforts;  // ascending; empty: any
  bool operator==(const ChatHabits&) const = default;
};

struct Provider {
  std::string name;
  std::string kind;  // catalog name or openai_compatible
  DialectId dialect = DialectId::openai;
  Url base_url;
  Hosting hosting = Hosting::own;
  std::string api_version;  // azure: the api-version of paths with a deployment in them, "" for /v1
  Auth auth = Auth::bearer;
  std::string api_key;                      // the secret itself; never printed, logged or recorded
  AwsAccount aws;                           // for Auth::sigv4
  std::optional<GoogleCredentials> google;  // for Auth::google_oauth
  std::string ca_file;                      // extra trust anchors in PEM, "" for the system's
  NameSet regions = 0;
  NameSet approved_for = 0;  // data classes
  bool zdr = false;          // zero data retention
  StreamUsage stream_usage = StreamUsage::option;
  bool done_marker = true;
  LimitHeaders limit_headers = LimitHeaders::none;
  bool output_excludes_reasoning = false;
  ChatHabits habits;
  Where where;
};

struct DeploymentLimits {
  std::int64_t requests_per_minute = 0;  // 0: none
  std::int64_t tokens_per_minute = 0;
  std::int64_t parallel = 0;
};

struct Deployment {
  std::string name;
  std::uint64_t name_hash = 0;  // of `name`, for stickiness; filled by Rules::index_names()
  int provider = 0;             // index into Rules::providers
  std::string model;            // as the provider spells it
  PriceList price;
  std::int64_t context_tokens = 0;     // 0: unknown, never refused for it
  std::int64_t output_tokens_max = 0;  // 0: unknown
  Abilities abilities;
  bool abilities_known = false;  // false: nothing is refused for a missing ability
  Endpoints endpoints;           // empty: unknown, never refused for it
  DeploymentLimits limits;
  Where where;
};

}  // namespace wye
