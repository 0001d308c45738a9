// Content: a request in full, in no provider's format. Every dialect reads its own requests into
// this and writes them out of it, so that a new dialect costs its own files and no translator a
// pair.
//
// Nothing is lost on the way: what the hub has no word for is kept as raw JSON in `extra`, which
// only the dialect named by `Content::origin` (and its close relatives) understands and writes
// back. `form` remembers which of several spellings the origin used ("" is the usual one); other
// dialects ignore it. Raw JSON is kept as text because only the provider that receives it needs to
// read it.
//
// Plain values; they belong to the coroutine that serves the request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/ability.h"
#include "core/deployment.h"

namespace wye {

// Members of an object that the hub has no word for, in their order.
struct ExtraMember {
  std::string name;
  std::string json;
  bool operator==(const ExtraMember&) const = default;
};
using Extra = std::vector<ExtraMember>;
// The raw JSON of a member, or null.
const std::string* find_extra(const Extra& extra, std::string_view name);

enum class Role : std::uint8_t {
  system,
  developer,
  user,
  assistant,
  tool
};
std::string_view to_string(Role role);
std::optional<Role> role_from(std::string_view name);

// "May be cached up to here." An empty ttl means the provider's default.
struct CacheControl {
  std::string ttl;  // "5m", "1h"
  Extra extra;
  bool operator==(const CacheControl&) const = default;
};

// Proof or ciphertext that a provider wants back untouched with the part that carried it. Worth
// nothing to anybody else: a writer whose dialect is not the maker's leaves it out.
struct Signature {
  std::string data;
  std::string maker;  // dialect, provider or format that made it; "" when the origin did not say
  bool empty() const { return data.empty(); }
  bool operator==(const Signature&) const = default;
};

struct Part;

struct Text {
  std::string text;
  bool operator==(const Text&) const = default;
};
// Bytes of an image, a document or a sound: inline, by address, or by the origin's file id.
struct Media {
  std::string url;  // not a data: URL; those are taken apart
  std::string base64;
  std::string file_id;
  std::string media_type;  // "image/png"; "" when the origin did not say
  bool operator==(const Media&) const = default;
};
struct Image {
  Media media;
  std::string detail;  // "low", "high", "auto"
  bool operator==(const Image&) const = default;
};
struct Document {
  Media media;
  std::string name;  // file name
  std::string title;
  std::string text;  // documents that are plain text
  bool operator==(const Document&) const = default;
};
struct Audio {
  Media media;
  std::string format;  // "wav", "mp3"
  bool operator==(const Audio&) const = default;
};
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // raw JSON as the model wrote it; may be broken or empty
  bool operator==(const ToolCall&) const = default;
};
struct ToolResult {
  std::string call_id;
  std::string name;  // of the tool; Gemini needs it. "" when the origin did not say
  std::vector<Part> parts;
  bool is_error = false;
  bool operator==(const ToolResult&) const;
};
// What a model thought before it answered. `encrypted` marks a part whose text nobody may see; its
// ciphertext is the part's signature.
struct Reasoning {
  std::string text;
  bool summary = false;  // a summary, not the thought itself
  bool encrypted = false;
  bool operator==(const Reasoning&) const = default;
};
struct Declined {  // the model said no; "Refusal" is a word of policy (core/plan.h)
  std::string text;
  bool operator==(const Declined&) const = default;
};
// A part that the hub has no word for, whole.
struct Unknown {
  std::string type;
  std::string json;
  bool operator==(const Unknown&) const = default;
};

using PartBody =
    std::variant<Text, Image, Document, Audio, ToolCall, ToolResult, Reasoning, Declined, Unknown>;

struct Part {
  PartBody body;
  std::optional<CacheControl> cache;
  Signature signature;  // of reasoning; of text and tool calls too (Gemini)
  std::string form;
  Extra extra;
  bool operator==(const Part&) const = default;
};

struct Message {
  Role role = Role::user;
  std::string name;
  std::vector<Part> parts;
  std::string form;
  Extra extra;
  bool operator==(const Message&) const = default;
};

// A search of the web that the provider runs itself. Every vendor has one, under a name of its own.
struct WebSearch {
  std::string context_size;  // "low", "medium", "high"; "" when unset
  std::optional<std::int64_t> uses_max;
  std::vector<std::string> allowed_domains, blocked_domains;
  std::string city, region, country, timezone;  // where the user is, roughly
  bool operator==(const WebSearch&) const = default;
};

// A function that the model may call, or a tool of the origin's own (`raw` is then all of it, and
// `search` what of it others understand).
struct Tool {
  std::string name;
  std::string description;
  std::string parameters;  // raw JSON Schema, "" when there is none
  std::optional<bool> strict;
  std::optional<CacheControl> cache;
  std::string raw;  // not a function: the whole tool as the origin wrote it
  std::optional<WebSearch> search;
  std::string form;
  Extra extra;
  bool operator==(const Tool&) const = default;
};

struct ToolChoice {
  enum class Mode : std::uint8_t {
    unset,
    automatic,
    none,
    required,
    named
  };
  Mode mode = Mode::unset;
  std::vector<std::string> names;  // for named: the tools allowed; usually one
  std::optional<bool> parallel;    // may one turn call several tools
  std::string form;
  std::string raw;  // a choice that the hub has no word for, whole
  bool operator==(const ToolChoice&) const = default;
};

struct OutputFormat {
  enum class Kind : std::uint8_t {
    unset,
    text,
    json_object,
    json_schema
  };
  Kind kind = Kind::unset;
  std::string name;
  std::string description;
  std::string schema;  // raw JSON Schema
  std::optional<bool> strict;
  std::string raw;  // a format that the hub has no word for, whole
  Extra extra;
  bool operator==(const OutputFormat&) const = default;
};

struct Sampling {
  std::optional<double> temperature, top_p, min_p, presence_penalty, frequency_penalty;
  std::optional<std::int64_t> top_k, seed;
  bool operator==(const Sampling&) const = default;
};

struct ReasoningSettings {
  std::string effort;  // "none", "minimal", "low", "medium", "high", "max", ...; "" when unset
  std::optional<std::int64_t> budget_tokens;
  std::optional<bool> enabled;  // switched on or off without saying how much
  std::optional<bool> include;  // thoughts are wanted in the answer
  std::string summary;          // "auto", "concise", "detailed"
  std::string form;
  Extra extra;
  bool operator==(const ReasoningSettings&) const = default;
};

// One thing to embed: a text, its tokens, or parts (multimodal models).
using EmbeddingItem = std::variant<std::string, std::vector<std::int64_t>, std::vector<Part>>;
struct EmbeddingInput {
  std::vector<EmbeddingItem> items;
  bool single = false;  // one bare item, not a list of one
  std::optional<std::int64_t> dimensions;
  std::string encoding;  // "float", "base64"; "" when unset
  std::string purpose;   // "search_query", "RETRIEVAL_DOCUMENT", ...; "" when unset
  bool operator==(const EmbeddingInput&) const = default;
};

// Documents to be put in the order of their use for a query.
struct RerankInput {
  std::string query;
  std::vector<std::string> documents;      // the text of each
  std::vector<std::string> documents_raw;  // as the origin wrote each, when they are objects
  std::optional<std::int64_t> top_n;
  std::optional<std::int64_t> tokens_a_document_max;
  std::optional<bool> return_documents;
  bool operator==(const RerankInput&) const = default;
};

struct Content {
  DialectId origin = DialectId::openai;
  Endpoint endpoint = Endpoint::chat;
  std::string model;  // as the client wrote it
  bool stream = false;

  // System messages stay where they were; a dialect with a system member of its own gathers them.
  std::vector<Message> messages;
  std::vector<Tool> tools;
  ToolChoice tool_choice;
  OutputFormat output;
  Sampling sampling;
  ReasoningSettings reasoning;
  std::optional<std::int64_t> output_tokens_max;
  std::string output_tokens_form;
  std::vector<std::string> stop;
  std::string stop_form;
  std::optional<std::int64_t> choices;  // n
  std::optional<bool> logprobs;
  std::optional<std::int64_t> top_logprobs;
  std::string user;                   // the end user's id, "" when unset
  std::optional<CacheControl> cache;  // of the whole request
  EmbeddingInput embedding;
  RerankInput rerank;
  Extra
      extra;  // service tier, metadata, store, logit bias, modalities, ... as the origin wrote them
};

}  // namespace wye
