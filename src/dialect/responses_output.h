// Responses output: the response object and its items as a client of ours gets them when the
// provider speaks something else; for whole answers and for streams. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "core/ask.h"
#include "wire/json.h"

namespace wye::responses {

// One element of `output`, as far as it is known.
struct OutputItem {
  enum class Kind : std::uint8_t {
    message,
    reasoning,
    call
  };
  struct Piece {  // of a message
    bool refusal = false;
    std::string text;
    std::string logprobs;  // elements, with commas between
  };
  Kind kind = Kind::message;
  std::string id;
  std::vector<Piece> pieces;
  std::string summary;    // of reasoning
  std::string encrypted;  // of reasoning, as the client is to carry it
  std::string call_id, name, arguments;
};

struct OutputHead {  // of the response
  std::string id;
  std::string model;
  std::int64_t created = 0;
};

// Ids of the gateway's own, made of the answer's; nothing is kept under them.
std::string made_id(std::string_view prefix, std::string_view answer_id, std::size_t index);
std::string made_response_id(std::string_view answer_id);

void write_item(JsonWriter& json, const OutputItem& item, std::string_view status);
void write_piece(JsonWriter& json, const OutputItem::Piece& piece);
void write_summary(JsonWriter& json, std::string_view text);

// The whole object. `reason` none: it is still being made.
void write_response(JsonWriter& json, const OutputHead& head, const std::vector<OutputItem>& items,
                    FinishReason reason, const Usage* usage, const AskFacts& ask);

}  // namespace wye::responses
