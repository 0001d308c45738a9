// Table: the dialects and the paths, listed by hand. A dialect that this version does not have yet
// is missing from the first table and may stand in the second, so that its clients are told so.
//
// Constant data; any thread.
#include <algorithm>
#include <array>
#include <iterator>

#include "dialect/anthropic.h"
#include "dialect/bedrock.h"
#include "dialect/cohere.h"
#include "dialect/dialect.h"
#include "dialect/gemini.h"
#include "dialect/ollama.h"
#include "dialect/openai.h"
#include "dialect/responses.h"
#include "dialect/voyage.h"

namespace wye {
namespace {

std::string_view event_stream(const Ask&) { return "text/event-stream"; }

// Plain arrays: g++ 12 keeps a constexpr std::array with addresses in it in writable memory.
constexpr Dialect dialects[]{
    Dialect{
        .id = DialectId::openai,
        .framing = StreamFraming::sse,
        .stream_content_type = event_stream,
        .read_ask = openai::read_ask,
        .read_content = openai::read_content,
        .write_answer = openai::write_answer,
        .open_writer = openai::open_writer,
        .write_fault = openai::write_fault,
        .write_fault_event = openai::write_fault_event,
        .splice = openai::splice,
        .write_ask = openai::write_ask,
        .read_answer_facts = openai::read_answer_facts,
        .read_answer = openai::read_answer,
        .open_reader = openai::open_reader,
        .read_fault = openai::read_fault,
        .can_splice = openai::can_splice,
    },
    Dialect{
        .id = DialectId::openai_responses,
        .framing = StreamFraming::sse,
        .stream_content_type = event_stream,
        .read_ask = responses::read_ask,
        .read_content = responses::read_content,
        .write_answer = responses::write_answer,
        .open_writer = responses::open_writer,
        .write_fault = responses::write_fault,
        .write_fault_event = responses::write_fault_event,
        .splice = responses::splice,
        .write_ask = responses::write_ask,
        .read_answer_facts = responses::read_answer_facts,
        .read_answer = responses::read_answer,
        .open_reader = responses::open_reader,
        .read_fault = responses::read_fault,
        .can_splice = responses::can_splice,
    },
    Dialect{
        .id = DialectId::anthropic,
        .framing = StreamFraming::sse,
        .stream_content_type = anthropic::stream_content_type,
        .read_ask = anthropic::read_ask,
        .read_content = anthropic::read_content,
        .write_answer = anthropic::write_answer,
        .open_writer = anthropic::open_writer,
        .write_fault = anthropic::write_fault,
        .write_fault_event = anthropic::write_fault_event,
        .splice = anthropic::splice,
        .write_ask = anthropic::write_ask,
        .read_answer_facts = anthropic::read_answer_facts,
        .read_answer = anthropic::read_answer,
        .open_reader = anthropic::open_reader,
        .read_fault = anthropic::read_fault,
        .can_splice = anthropic::can_splice,
    },
    Dialect{
        .id = DialectId::gemini,
        .framing = StreamFraming::sse,
        .stream_content_type = gemini::stream_content_type,
        .read_ask = gemini::read_ask,
        .read_content = gemini::read_content,
        .write_answer = gemini::write_answer,
        .open_writer = gemini::open_writer,
        .write_fault = gemini::write_fault,
        .write_fault_event = gemini::write_fault_event,
        .splice = gemini::splice,
        .write_ask = gemini::write_ask,
        .read_answer_facts = gemini::read_answer_facts,
        .read_answer = gemini::read_answer,
        .open_reader = gemini::open_reader,
        .read_fault = gemini::read_fault,
        .can_splice = gemini::can_splice,
        .passes_answer = gemini::passes_answer,
    },
    Dialect{
        .id = DialectId::cohere,
        .framing = StreamFraming::sse,
        .stream_content_type = cohere::stream_content_type,
        .read_ask = cohere::read_ask,
        .read_content = cohere::read_content,
        .write_answer = cohere::write_answer,
        .open_writer = cohere::open_writer,
        .write_fault = cohere::write_fault,
        .write_fault_event = cohere::write_fault_event,
        .splice = cohere::splice,
        .write_ask = cohere::write_ask,
        .read_answer_facts = cohere::read_answer_facts,
        .read_answer = cohere::read_answer,
        .open_reader = cohere::open_reader,
        .read_fault = cohere::read_fault,
    },
    Dialect{
        .id = DialectId::ollama,
        .framing = StreamFraming::json_lines,
        .stream_content_type = ollama::stream_content_type,
        .read_ask = ollama::read_ask,
        .read_content = ollama::read_content,
        .write_answer = ollama::write_answer,
        .open_writer = ollama::open_writer,
        .write_fault = ollama::write_fault,
        .write_fault_event = ollama::write_fault_event,
        .splice = ollama::splice,
        .write_ask = ollama::write_ask,
        .read_answer_facts = ollama::read_answer_facts,
        .read_answer = ollama::read_answer,
        .open_reader = ollama::open_reader,
        .read_fault = ollama::read_fault,
    },
    // Never streams.
    Dialect{
        .id = DialectId::voyage,
        .framing = StreamFraming::sse,
        .stream_content_type = nullptr,
        .read_ask = voyage::read_ask,
        .read_content = voyage::read_content,
        .write_answer = voyage::write_answer,
        .open_writer = nullptr,
        .write_fault = voyage::write_fault,
        .write_fault_event = nullptr,
        .splice = voyage::splice,
        .write_ask = voyage::write_ask,
        .read_answer_facts = voyage::read_answer_facts,
        .read_answer = voyage::read_answer,
        .open_reader = nullptr,
        .read_fault = voyage::read_fault,
        .passes_answer = voyage::passes_answer,
    },
    // Spoken to providers only.
    Dialect{
        .id = DialectId::bedrock,
        .framing = StreamFraming::event_stream,
        .stream_content_type = nullptr,
        .read_ask = nullptr,
        .read_content = nullptr,
        .write_answer = nullptr,
        .open_writer = nullptr,
        .write_fault = nullptr,
        .write_fault_event = nullptr,
        .splice = nullptr,
        .write_ask = bedrock::write_ask,
        .read_answer_facts = bedrock::read_answer_facts,
        .read_answer = bedrock::read_answer,
        .open_reader = bedrock::open_reader,
        .read_fault = bedrock::read_fault,
    },
};

struct PathRow {
  std::string_view path;
  InboundRoute route;
};

constexpr PathRow path_rows[]{
    PathRow{"/v1/chat/completions", {DialectId::openai, Endpoint::chat}},
    PathRow{"/v1/embeddings", {DialectId::openai, Endpoint::embeddings}},
    PathRow{"/v1/moderations", {DialectId::openai, Endpoint::moderations}},
    PathRow{"/v1/responses", {DialectId::openai_responses, Endpoint::chat}},
    PathRow{"/v1/messages", {DialectId::anthropic, Endpoint::chat}},
    PathRow{"/v1/messages/count_tokens", {DialectId::anthropic, Endpoint::count_tokens}},
    PathRow{"/v2/chat", {DialectId::cohere, Endpoint::chat}},
    PathRow{"/v2/embed", {DialectId::cohere, Endpoint::embeddings}},
    PathRow{"/v2/rerank", {DialectId::cohere, Endpoint::rerank}},
    PathRow{"/v1/rerank", {DialectId::voyage, Endpoint::rerank}},
    PathRow{"/api/chat", {DialectId::ollama, Endpoint::chat}},
    PathRow{"/api/embed", {DialectId::ollama, Endpoint::embeddings}},
};

constexpr auto path_names = [] {
  std::array<std::string_view, std::size(path_rows)> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = path_rows[i].path;
  return names;
}();

// Clients made for Azure's older addresses: /openai/deployments/NAME/chat/completions. The name in
// the path is left aside; they say it in the body as well.
std::string_view azure_path(std::string_view path) {
  constexpr std::string_view before = "/openai/deployments/";
  if (!path.starts_with(before)) return {};
  const std::size_t name_end = path.find('/', before.size());
  return name_end == std::string_view::npos ? std::string_view() : path.substr(name_end);
}

// Gemini's method is behind the last colon, for a model's name may hold slashes and colons.
std::optional<InboundRoute> gemini_route(std::string_view path) {
  if (!path.starts_with("/v1beta/models/") && !path.starts_with("/v1/models/")) return std::nullopt;
  const std::size_t colon = path.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view method = path.substr(colon + 1);
  if (method == "generateContent" || method == "streamGenerateContent") {
    return InboundRoute{DialectId::gemini, Endpoint::chat};
  }
  if (method == "embedContent" || method == "batchEmbedContents") {
    return InboundRoute{DialectId::gemini, Endpoint::embeddings};
  }
  if (method == "countTokens") return InboundRoute{DialectId::gemini, Endpoint::count_tokens};
  return std::nullopt;
}

std::optional<InboundRoute> route_of(std::string_view path) {
  if (const std::string_view rest = azure_path(path); !rest.empty()) {
    for (const PathRow& row : path_rows) {
      if (row.path.substr(std::string_view("/v1").size()) == rest) return row.route;
    }
  }
  for (const PathRow& row : path_rows) {
    if (row.path == path) return row.route;
  }
  return gemini_route(path);
}

}  // namespace

const Dialect* dialect_of(DialectId id) {
  for (const Dialect& dialect : dialects) {
    if (dialect.id == id) return &dialect;
  }
  return nullptr;
}

std::span<const std::string_view> inbound_paths() { return path_names; }

std::optional<InboundRoute> inbound_route(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, mark);
  // Some clients are made for a base of their provider's: Groq's libraries say /openai/v1.
  constexpr std::string_view alias = "/openai/v1/";
  if (path.starts_with(alias)) path.remove_prefix(std::string_view("/openai").size());
  std::optional<InboundRoute> route = route_of(path);
  if (route) {
    route->path = path;
    if (mark < target.size()) route->query = target.substr(mark + 1);
  }
  return route;
}

}  // namespace wye
