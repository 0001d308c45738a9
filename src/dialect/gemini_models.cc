// Gemini models. Pure.
#include "dialect/gemini_models.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace wye::gemini {
namespace {

struct Effort {
  std::string_view name;
  std::int64_t budget;
  std::string_view level;
};
// The steps that Google itself uses for clients who speak of effort.
constexpr std::array<Effort, 7> efforts{{
    {"none", 0, "MINIMAL"},
    {"minimal", 512, "MINIMAL"},
    {"low", 1024, "LOW"},
    {"medium", 8192, "MEDIUM"},
    {"high", 24576, "HIGH"},
    {"xhigh", 24576, "HIGH"},
    {"max", 24576, "HIGH"},
}};
constexpr std::int64_t budget_max = 24576;
constexpr std::int64_t pro_budget_max = 32768;
constexpr std::int64_t pro_budget_min = 128;

const Effort* effort_from(std::string_view name) {
  for (const Effort& effort : efforts) {
    if (effort.name == name) return &effort;
  }
  return nullptr;
}

// The steps that other dialects use for the same purpose.
const Effort* effort_of(std::int64_t budget) {
  if (budget <= 0) return effort_from("none");
  if (budget <= 2048) return effort_from("low");
  return effort_from(budget <= 12000 ? "medium" : "high");
}

std::int64_t fitting(std::int64_t budget, const ModelTraits& model) {
  if (!model.pro) return std::clamp<std::int64_t>(budget, 0, budget_max);
  return std::clamp(budget, pro_budget_min, pro_budget_max);
}

std::string_view level_of(const Effort& effort, const ModelTraits& model) {
  if (model.pro && effort.level == "MINIMAL") return "LOW";
  if (model.low_or_high && effort.level == "MEDIUM") return "HIGH";
  return effort.level;
}

const Effort* wanted_effort(const ReasoningSettings& wanted) {
  if (!wanted.effort.empty()) return effort_from(wanted.effort);
  if (wanted.budget_tokens) return effort_of(*wanted.budget_tokens);
  return wanted.enabled == false ? effort_from("none") : nullptr;
}

}  // namespace

ModelTraits traits_of(std::string_view model) {
  ModelTraits out;
  constexpr std::string_view family = "gemini-";
  const std::size_t at = model.find(family);
  if (at == std::string_view::npos) {
    out.known = false;
    // Gemma thinks since its fourth generation.
    const std::size_t gemma = model.find("gemma-");
    const bool old = gemma != std::string_view::npos && model.substr(gemma + 6, 1) < "4";
    out.thinks = out.by_level = !old;
    return out;
  }
  const std::string_view version = model.substr(at + family.size());
  out.signs = true;
  out.pro = version.find("pro") != std::string_view::npos;
  if (version.empty() || !is_digit(version.front())) return out;  // gemini-flash-latest
  const bool second = version.front() < '3';
  out.by_level = !second;
  out.signs = !second;
  out.thinks = !second || version.starts_with("2.5");
  out.low_or_high = out.pro && version.starts_with("3-");
  return out;
}

Thinking thinking_for(const ReasoningSettings& wanted, const ModelTraits& model) {
  Thinking out;
  const bool asked = !wanted.effort.empty() || wanted.budget_tokens || wanted.enabled;
  const Effort* effort = wanted_effort(wanted);
  const bool off = effort != nullptr && effort->name == "none";
  if (!model.thinks) {
    out.refused = asked && !off;
    return out;
  }
  out.refused = !wanted.effort.empty() && effort == nullptr;
  if (model.by_level && effort != nullptr) out.level = level_of(*effort, model);
  if (!model.by_level) {
    if (wanted.budget_tokens && wanted.effort.empty()) {
      out.budget = fitting(*wanted.budget_tokens, model);
    } else if (effort != nullptr) {
      out.budget = fitting(effort->budget, model);
    } else if (wanted.enabled == true) {
      out.budget = -1;  // as much as the model likes
    }
  }
  out.include = wanted.include;
  if (!out.include && asked && !off) out.include = true;
  return out;
}

}  // namespace wye::gemini
