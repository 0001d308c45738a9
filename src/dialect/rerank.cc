// Rerank. Pure.
#include "dialect/rerank.h"

#include "dialect/ask_reading.h"
#include "dialect/prompt_tally.h"
#include "dialect/take.h"
#include "dialect/writing.h"
#include "wire/token_estimate.h"

namespace wye {
namespace {

constexpr std::string_view decisive_in_rerank[]{"model", "query", "documents", "top_n", "top_k"};

// The text of a document: itself, or its member "text", or all of it.
std::string text_of_document(JsonValue& value) {
  if (const auto text = walk::string_if(value)) return std::string(*text);
  const std::string_view whole = walk::raw(value);
  std::optional<std::string> inner;
  walk::members_if(value, [&](walk::Member& member) {
    std::string text;
    if (member.key == "text" && take::text(member, text)) inner = std::move(text);
  });
  return inner.value_or(std::string(whole));
}

class AskReader {
 public:
  explicit AskReader(Ask& ask) : ask_(ask) { ask.facts.endpoint = Endpoint::rerank; }

  Result<void> read(JsonObject root) {
    auto read = for_each_field(
        root, "", decisive_in_rerank,
        [&](std::string_view key, JsonValue& value) { return read_member(key, value); });
    if (!read) return read;
    for (const auto& [name, seen] : {std::pair{"model", !ask_.facts.model.empty()},
                                     {"query", query_},
                                     {"documents", documents_}}) {
      if (!seen) {
        return fail(walk::wrong_value(name, "is missing", "missing_required_parameter"));
      }
    }
    // The query is read again with every document.
    ask_.facts.input_tokens =
        tokens_of_bytes(query_bytes_) * std::max<std::int64_t>(count_, 1) + tokens_of_bytes(bytes_);
    return {};
  }

 private:
  Result<void> read_member(std::string_view key, JsonValue& value) {
    if (key == "model") return read_model_into(ask_, value);
    if (key == "query") {
      query_ = true;
      if (!walk::is_string(value)) return fail(walk::must_be("query", "a string"));
      query_bytes_ = walk::token(value).size() - 2;
      return {};
    }
    if (key == "documents") return read_documents(value);
    if (key == "top_n" || key == "top_k") return read_top(key, value);
    return {};
  }

  Result<void> read_documents(JsonValue& value) {
    documents_ = true;
    return walk::elements(
        value, "documents", [&](JsonValue& each, std::size_t index) -> Result<void> {
          if (!walk::is_string(each) && !walk::is_object(each)) {
            return fail(
                walk::inside(walk::must_be("", "a string or an object"), "documents", index));
          }
          ++count_;
          bytes_ += walk::raw(each).size();
          return {};
        });
  }

  Result<void> read_top(std::string_view key, JsonValue& value) {
    if (walk::is_null(value)) return {};
    auto count = read_int(value, key);
    if (!count) return fail(std::move(count.error()));
    if (*count < 1) return fail(walk::wrong_value(key, "must be at least 1", "invalid_value"));
    if (top_) {
      return fail(walk::wrong_value(key, "cannot stand beside top_n or top_k; give one of the two",
                                    "invalid_parameter_combination"));
    }
    top_ = true;
    if (key != "top_n") return {};
    // Only a key without escapes can be written over.
    const JsonSpan member = member_span(ask_.body, value);
    if (ask_.body.compare(member.offset, 7, "\"top_n\"") == 0) ask_.top_n_name = {member.offset, 7};
    return {};
  }

  Ask& ask_;
  bool query_ = false, documents_ = false, top_ = false;
  std::size_t query_bytes_ = 0, bytes_ = 0;
  std::int64_t count_ = 0;
};

bool read_documents(walk::Member& member, RerankInput& input) {
  bool objects = false;
  std::vector<std::string> raw;
  walk::elements_if(member.value, [&](JsonValue& each) {
    objects = objects || walk::is_object(each);
    raw.emplace_back(walk::raw(each));
    input.documents.push_back(text_of_document(each));
  });
  if (objects) input.documents_raw = std::move(raw);
  return true;
}

bool read_content_member(walk::Member& member, Content& content) {
  RerankInput& input = content.rerank;
  const std::string_view key = member.key;
  if (key == "model") return take::text(member, content.model);
  if (key == "query") return take::text(member, input.query);
  if (key == "documents") return read_documents(member, input);
  if (key == "top_n" || key == "top_k") return take::integer(member, input.top_n);
  if (key == "max_tokens_per_doc") return take::integer(member, input.tokens_a_document_max);
  if (key == "return_documents") return take::flag(member, input.return_documents);
  return false;
}

}  // namespace

Result<Ask> read_rerank_ask(JsonReader& reader, DialectId dialect, std::string body) {
  Ask ask;
  ask.dialect = dialect;
  ask.body = std::move(body);
  pad(ask.body);
  AskReader parts(ask);
  if (Result<void> read = read_body_into(ask, reader, parts); !read) return fail(read.error());
  return ask;
}

Result<Content> read_rerank_content(JsonReader& reader, const Ask& ask) {
  Content content;
  content.origin = ask.dialect;
  content.endpoint = Endpoint::rerank;
  const auto read = reader.read_object(ask.body, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (!read_content_member(member, content)) walk::keep(content.extra, member);
      return {};
    });
  });
  if (!read) return fail(read.error());
  return content;
}

void write_rerank(JsonWriter& json, const RerankInput& input, const RerankNames& names,
                  std::vector<std::string>& dropped) {
  json.field("query", input.query);
  json.key("documents").begin_array();
  if (names.objects && !input.documents_raw.empty()) {
    for (const std::string& each : input.documents_raw) json.raw(each);
  } else {
    for (const std::string& each : input.documents) json.value(each);
  }
  json.end_array();
  if (input.top_n) json.field(names.top_n, *input.top_n);
  if (input.tokens_a_document_max && !names.tokens_a_document_max.empty()) {
    json.field(names.tokens_a_document_max, *input.tokens_a_document_max);
  } else if (input.tokens_a_document_max) {
    add_dropped(dropped, "max_tokens_per_doc");
  }
  if (input.return_documents && names.return_documents) {
    json.field("return_documents", *input.return_documents);
  } else if (input.return_documents.value_or(false)) {
    add_dropped(dropped, "return_documents");
  }
}

std::optional<std::vector<RankedDocument>> read_ranked(JsonValue& value) {
  if (!walk::is_array(value)) return std::nullopt;
  std::vector<RankedDocument> out;
  walk::elements_if(value, [&](JsonValue& each) {
    RankedDocument& one = out.emplace_back();
    walk::members_if(each, [&](walk::Member& member) {
      if (member.key == "index") {
        one.index = static_cast<int>(walk::integer_if(member.value).value_or(0));
      } else if (member.key == "relevance_score") {
        one.score = walk::number_if(member.value).value_or(0);
      } else if (member.key == "document") {
        if (!walk::is_null(member.value)) one.document = walk::raw(member.value);
      } else {
        walk::keep(one.extra, member);
      }
    });
  });
  return out;
}

void write_ranked(JsonWriter& json, const RankedDocument& ranked, std::string_view document) {
  json.begin_object().field("index", ranked.index).field("relevance_score", ranked.score);
  if (!document.empty()) json.key("document").raw(document);
  json.end_object();
}

std::string ranked_text(const std::string& document) {
  if (document.empty() || document.front() == '"') return document;
  std::string text = document;
  pad(text);
  JsonReader reader;
  std::string out;
  (void)reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      if (member.key == "text" && walk::is_string(member.value)) out = walk::token(member.value);
      return {};
    });
  });
  return out;
}

}  // namespace wye
