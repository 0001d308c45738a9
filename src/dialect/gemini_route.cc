// Gemini route. Pure.
#include "dialect/gemini_route.h"

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dialect/json_walk.h"

namespace wye::gemini {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 6> method_names{{
    {"generateContent", Method::generate},
    {"streamGenerateContent", Method::stream},
    {"embedContent", Method::embed},
    {"batchEmbedContents", Method::batch_embed},
    {"countTokens", Method::count_tokens},
    {"predict", Method::predict},
}};
constexpr std::string_view models_segment = "/models/";
constexpr std::string_view models_prefix = "models/";

std::optional<Method> method_from(std::string_view name) {
  for (const auto& [each, method] : method_names) {
    if (each == name && method != Method::predict) return method;
  }
  return std::nullopt;
}

std::string_view name_of(Method method) {
  for (const auto& [name, each] : method_names) {
    if (each == method) return name;
  }
  return "";
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// %XX taken apart; what is no escape stays as it is.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool room = text[at] == '%' && at + 2 < text.size();
    const int high = room ? hex_value(text[at + 1]) : -1;
    const int low = room ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[at];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

bool is_plain(char c) {
  return is_alphanumeric(c) || std::string_view("-._~/:@").find(c) != std::string_view::npos;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

std::string_view bare(std::string_view model) {
  if (model.starts_with(models_prefix)) model.remove_prefix(models_prefix.size());
  return model;
}

}  // namespace

Result<PathTarget> target_of(std::string_view path) {
  const std::size_t models = path.find(models_segment);
  // The method is behind the last colon. A client may have escaped it with the model's colons.
  const std::string rest = models == std::string_view::npos
                               ? ""
                               : unescaped(path.substr(models + models_segment.size()));
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return fail(walk::wrong_value("model", "must stand in the path, as in /models/MODEL:method",
                                  "missing_required_parameter"));
  }
  const auto method = method_from(std::string_view(rest).substr(colon + 1));
  if (!method) {
    return fail(FaultKind::not_found, "There is no such method of a model: " + rest.substr(colon));
  }
  return PathTarget{rest.substr(0, colon), *method};
}

std::string path_of(std::string_view model, Method method) {
  std::string out(models_segment);
  append_escaped(out, bare(model));
  out += ':';
  out += name_of(method);
  if (method == Method::stream) out += "?alt=sse";
  return out;
}

bool asks_for_sse(std::string_view query) {
  for (const std::string_view pair : split(query, '&')) {
    if (pair == "alt=sse" || pair == "$alt=sse" || pair == "%24alt=sse") return true;
  }
  return false;
}

std::string resource_name(std::string_view model) {
  return std::string(models_prefix).append(bare(model));
}

}  // namespace wye::gemini
