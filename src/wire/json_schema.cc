// Schemas by valijson over nlohmann's values. Both may throw; nothing of that leaves this file.
#include "wire/json_schema.h"

#define VALIJSON_USE_EXCEPTIONS 1
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "wire/json.h"

namespace wye {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

// The standard library matches regular expressions by recursion, a frame for each character: a
// longer text could run over the stack.
constexpr std::size_t matched_bytes_max = 4096;
// More complaints than this do not help whoever has to mend the answer.
constexpr int complaints_max = 5;

Result<Json> parse(std::string_view text) {
  bool too_deep = false;
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > json_depth_max;
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, watch);
    if (!too_deep) return value;
    return fail(FaultKind::invalid_output,
                fmt::format("the JSON is nested more than {} levels deep", json_depth_max));
  } catch (const Json::parse_error& error) {
    return fail(
        FaultKind::invalid_output,
        fmt::format("the text is not JSON (it breaks at byte {} of {})", error.byte, text.size()));
  }
}

bool any_of(const Json& value, const auto& fits) {
  if (fits(value)) return true;
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(),
                     [&](const Json& member) { return any_of(member, fits); });
}

bool has_pattern(const Json& schema) {
  return any_of(schema, [](const Json& value) {
    return value.is_object() && (value.contains("pattern") || value.contains("patternProperties") ||
                                 value.contains("format"));
  });
}

bool has_foreign_reference(const Json& schema) {
  return any_of(schema, [](const Json& value) {
    if (!value.is_object()) return false;
    const auto reference = value.find("$ref");
    return reference != value.end() && reference->is_string() &&
           !reference->get_ref<const std::string&>().starts_with('#');
  });
}

std::string sentence(valijson::ValidationResults& results) {
  std::string out;
  valijson::ValidationResults::Error error;
  for (int i = 0; i < complaints_max && results.popError(error); ++i) {
    std::string place;
    for (const std::string& part : error.context) place += part;
    out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", place, error.description);
  }
  return out.empty() ? "the JSON does not satisfy the schema" : out;
}

class ReadSchema final : public JsonSchema {
 public:
  explicit ReadSchema(const Json& schema) : matches_text_(has_pattern(schema)) {
    valijson::SchemaParser().populateSchema(Adapter(schema), schema_);
  }

  Result<void> check(std::string_view text) const override {
    const Result<Json> value = parse(text);
    if (!value) return fail(value.error());
    if (matches_text_ && any_of(*value, is_too_long)) {
      return fail(FaultKind::invalid_output,
                  fmt::format("a string is longer than the {} bytes that patterns are matched with",
                              matched_bytes_max));
    }
    try {
      valijson::ValidationResults results;
      if (valijson::Validator().validate(schema_, Adapter(*value), &results)) return {};
      return fail(FaultKind::invalid_output, sentence(results));
    } catch (const std::exception& error) {
      return fail(FaultKind::invalid_output,
                  fmt::format("the schema could not be applied: {}", error.what()));
    }
  }

 private:
  static bool is_too_long(const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().size() > matched_bytes_max;
  }

  valijson::Schema schema_;
  bool matches_text_;
};

}  // namespace

Result<std::shared_ptr<const JsonSchema>> JsonSchema::read(std::string_view text) {
  const Result<Json> schema = parse(text);
  if (!schema) return fail(FaultKind::config, schema.error().message);
  if (has_foreign_reference(*schema)) {
    return fail(FaultKind::config, "references to other documents are not followed");
  }
  try {
    return std::make_shared<const ReadSchema>(*schema);
  } catch (const std::exception& error) {
    return fail(FaultKind::config, fmt::format("not a JSON Schema: {}", error.what()));
  }
}

Result<void> check_json(std::string_view text) {
  const Result<Json> value = parse(text);
  if (!value) return fail(value.error());
  return {};
}

}  // namespace wye
