// Anthropic limits. Pure.
#include "dialect/anthropic_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "dialect/anthropic_model.h"
#include "dialect/foreign.h"
#include "dialect/json_walk.h"
#include "dialect/writing.h"

namespace wye::anthropic {
namespace {

// Where a part stands. It is spelt only when something is wrong with it: there may be thousands.
struct PartPlace {
  const PartPlace* outer;  // null: `index` is a message's
  std::size_t index;

  std::string spell() const {
    if (outer == nullptr) return fmt::format("messages[{}].content", index);
    return fmt::format("{}[{}]", outer->spell(), index);
  }
};

Fault impossible(std::string param, std::string_view why) {
  Fault out = fault(FaultKind::bad_request, fmt::format("{} {}", param, why));
  out.code = "unsupported_parameter";
  out.param = std::move(param);
  return out;
}

Result<void> check_media(const Media& media, const PartPlace& place) {
  if (media.file_id.empty()) return {};
  return fail(impossible(place.spell(), "names a file that lies at another provider"));
}

Result<void> check_document(const Document& document, const PartPlace& place) {
  const Media& media = document.media;
  if (Result<void> own = check_media(media, place); !own) return own;
  const std::string& type = media.media_type;
  if (media.base64.empty() || type.empty() || type == "application/pdf") return {};
  return fail(impossible(place.spell(), "is a document of a type that Anthropic does not read"));
}

Result<void> check_parts(const std::vector<Part>& parts, const PartPlace& outer) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const PartBody& body = parts[i].body;
    const PartPlace here{&outer, i};
    Result<void> fine;
    if (std::holds_alternative<Audio>(body)) {
      fine = fail(impossible(here.spell(), "is sound, which Anthropic does not hear"));
    } else if (const auto* image = std::get_if<Image>(&body)) {
      fine = check_media(image->media, here);
    } else if (const auto* document = std::get_if<Document>(&body)) {
      fine = check_document(*document, here);
    } else if (const auto* result = std::get_if<ToolResult>(&body)) {
      fine = check_parts(result->parts, here);
    }
    if (!fine) return fine;
  }
  return {};
}

// An answer can be demanded as JSON by the schema of a tool, and that must be one of an object.
bool is_object_schema(const std::string& schema) {
  if (schema.empty()) return true;
  std::string text = schema;
  pad(text);
  JsonReader reader;
  bool object = false;
  const auto read = reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    return for_each_field(root, "", {},
                          [&](std::string_view key, JsonValue& value) -> Result<void> {
                            if (key == "type")
                              object = value.raw_json_token().starts_with("\"object\"");
                            return {};
                          });
  });
  return read && object;
}

Result<void> check_output(const Content& content, const Deployment& deployment) {
  const OutputFormat& output = content.output;
  if (output.kind != OutputFormat::Kind::json_schema) return {};
  if (deployment.abilities.has(Ability::json_schema) || is_object_schema(output.schema)) return {};
  return fail(impossible("response_format", "must be a schema of an object for Anthropic"));
}

// Newer models do not go on from words that were put into their mouth.
Result<void> check_last(const Content& content, const Deployment& deployment) {
  if (content.messages.empty() || content.messages.back().role != Role::assistant) return {};
  if (habits_of(deployment.model).prefill) return {};
  return fail(impossible("messages",
                         "end with the assistant's, which this model does not go on "
                         "from"));
}

}  // namespace

Result<void> check_possible(const Content& content, const Deployment& deployment) {
  if (content.endpoint != Endpoint::chat && content.endpoint != Endpoint::count_tokens) {
    return fail(
        impossible(std::string(to_string(content.endpoint)), "is not offered by Anthropic"));
  }
  if (content.choices.value_or(1) > 1) {
    return fail(impossible("n", "asks for several answers; Anthropic gives one"));
  }
  if (Result<void> fine = check_crossing(content); !fine) return fine;
  if (Result<void> fine = check_output(content, deployment); !fine) return fine;
  if (Result<void> fine = check_last(content, deployment); !fine) return fine;
  for (std::size_t i = 0; i < content.messages.size(); ++i) {
    const PartPlace place{nullptr, i};
    if (Result<void> fine = check_parts(content.messages[i].parts, place); !fine) return fine;
  }
  return {};
}

std::vector<std::string> without_place(const Content& content) {
  std::vector<std::string> out;
  drop_settings(
      content,
      {Setting::seed, Setting::min_p, Setting::presence_penalty, Setting::frequency_penalty,
       Setting::logprobs, Setting::top_logprobs, Setting::hidden_thoughts},
      out);
  drop_extra(content, out);
  for (const Tool& tool : content.tools) {
    if (!tool.raw.empty() && !tool.search) add_dropped(out, "tools");
  }
  for (const Message& message : content.messages) {
    for (const Part& part : message.parts) {
      if (std::holds_alternative<Unknown>(part.body)) add_dropped(out, "messages.content");
    }
  }
  return out;
}

}  // namespace wye::anthropic
