// Bedrock parts: one part of a message as a content block. Internal to this room.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/bedrock_write.h"
#include "dialect/open_calls.h"

namespace wye::bedrock {

// Ids of tool calls that Converse accepts: [a-zA-Z0-9_.:-], at most 64. Others are replaced, the
// same by the same; calls without any (Gemini) get one, and results without any find theirs by name
// and order.
class CallIds {
 public:
  std::string of_call(const ToolCall& call);
  std::string of_result(const ToolResult& result);

 private:
  OpenCalls calls_;
  int made_ = 0;
};

// Turns parts into blocks. One a request, for ids and names must agree across it.
class PartWriter {
 public:
  explicit PartWriter(const Writing& writing) : writing_(writing) {}

  // Appends the block of `part` to `blocks`, a list without its brackets; nothing when there is
  // nothing to say. `assistant`: whose message it is.
  Result<void> write(const Part& part, bool assistant, std::string& blocks);

 private:
  Result<void> write_block(const Part& part, bool assistant, std::string& blocks);
  Result<void> write_image(JsonWriter& json, const Media& media);
  Result<void> write_document(JsonWriter& json, const Document& document);
  Result<void> write_audio(JsonWriter& json, const Audio& audio);
  void write_call(JsonWriter& json, const ToolCall& call);
  Result<void> write_result(JsonWriter& json, const ToolResult& result);
  Result<void> write_body(const Part& part, bool assistant, std::string& block);
  bool has_place(const Part& part, bool assistant) const;
  std::string document_name(const Document& document);
  bool is_object(std::string_view text);

  const Writing& writing_;
  CallIds ids_;
  std::set<std::string> names_;         // of documents
  std::map<std::string, int> numbers_;  // the last that a name of these was given
  JsonReader reader_;
};

// Whether nothing but white space is in a text; Converse refuses such blocks.
bool is_blank(std::string_view text);

}  // namespace wye::bedrock
