// Sim ask: paths and reading. See sim_ask.h.
#include "lab/sim_ask.h"

#include <array>

#include "lab/sim_bedrock.h"

namespace wye {
namespace {

struct PathEnd {
  std::string_view end;
  std::string_view plain;
};
// The longer of two that end alike comes first.
constexpr std::array<PathEnd, 11> path_ends{{
    {"/chat/completions", "/v1/chat/completions"},
    {"/embeddings", "/v1/embeddings"},
    {"/responses", "/v1/responses"},
    {"/messages/count_tokens", "/v1/messages/count_tokens"},
    {"/messages", "/v1/messages"},
    {"/v2/chat", "/v2/chat"},
    {"/v2/embed", "/v2/embed"},
    {"/v2/rerank", "/v2/rerank"},
    {"/rerank", "/v1/rerank"},
    {"/api/chat", "/api/chat"},
    {"/api/embed", "/api/embed"},
}};

std::string_view plain_path(std::string_view path) {
  for (const PathEnd& row : path_ends)
    if (path.ends_with(row.end)) return row.plain;
  return {};
}

}  // namespace

std::string plain_target(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  if (const std::string_view plain = plain_path(path); !plain.empty())
    return std::string(plain).append(target.substr(path.size()));
  // Bedrock and Gemini name the model in the path.
  if (const std::size_t model = path.find("/model/"); model != std::string_view::npos)
    return std::string(target.substr(model));
  const std::size_t models = path.rfind("/models/");
  if (models == std::string_view::npos || path.find(':', models) == std::string_view::npos)
    return std::string(target);
  return std::string("/v1beta").append(target.substr(models));
}

std::optional<InboundRoute> sim_route(std::string_view target) {
  if (const auto route = sim_bedrock::route_of(target)) return route;
  return inbound_route(target);
}

Result<SimAsk> read_sim_ask(JsonReader& reader, const InboundRoute& route, std::string body) {
  if (route.dialect == DialectId::bedrock) return sim_bedrock::read_ask(route, body);
  const Dialect& dialect = *dialect_of(route.dialect);
  Result<Ask> ask = dialect.read_ask(reader, route, std::move(body));
  if (!ask) return fail(std::move(ask.error()));
  Result<Content> content = dialect.read_content(reader, *ask);
  if (!content) return fail(std::move(content.error()));
  return SimAsk{std::move(*ask), std::move(*content)};
}

}  // namespace wye
