// Ask reading. Pure.
#include "dialect/ask_reading.h"

#include <fmt/format.h>

#include <utility>

namespace wye {
namespace {

constexpr std::size_t metadata_pairs_max = 16;

}  // namespace

Result<void> read_model_into(Ask& ask, JsonValue& value) {
  auto model = read_string(value, "model");
  if (!model) return fail(std::move(model.error()));
  const JsonSpan span = value_span(ask.body, value);
  ask.model = {span.offset, span.length};
  ask.facts.model = *model;
  return {};
}

Result<void> read_flag_into(bool& out, JsonValue& value, std::string_view name) {
  auto flag = read_bool(value, name);
  if (!flag) return fail(std::move(flag.error()));
  out = *flag;
  return {};
}

Result<void> read_logprobs_into(AskFacts& facts, JsonValue& value) {
  bool wanted = false;
  auto read = read_flag_into(wanted, value, "logprobs");
  if (wanted) facts.needs.insert(Ability::logprobs);
  return read;
}

Result<void> read_tools_into(AskFacts& facts, PromptTally& tally, JsonValue& value) {
  const std::size_t bytes = walk::raw(value).size();
  return walk::elements(value, "tools", [&](JsonValue& each, std::size_t index) -> Result<void> {
    if (!walk::is_object(each)) {
      return fail(walk::inside(walk::must_be("", "an object"), "tools", index));
    }
    if (index == 0) tally.bytes(bytes);
    facts.needs.insert(Ability::tools);
    return {};
  });
}

Result<void> add_metadata(AskFacts& facts, std::string_view member, std::string_view key,
                          std::string_view value) {
  for (const auto& pair : facts.metadata) {
    if (pair.first == key)
      return fail(walk::duplicate(std::string(member).append(".").append(key)));
  }
  if (facts.metadata.size() == metadata_pairs_max) {
    Fault bad = fault(FaultKind::bad_request,
                      fmt::format("{} may have {} pairs at most", member, metadata_pairs_max));
    bad.param = member;
    return fail(std::move(bad));
  }
  facts.metadata.emplace_back(key, value);
  return {};
}

}  // namespace wye
