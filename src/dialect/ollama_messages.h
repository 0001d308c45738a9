// Ollama messages: a conversation for an Ollama server. Internal to this room; pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/content.h"
#include "wire/json.h"

namespace wye::ollama {

struct MessageOptions {
  bool own = false;      // the content was read from this dialect
  bool thinking = true;  // the model reads thoughts
};

// The member `messages`. Faults: files, sound, and pictures that are not given as bytes.
Result<void> write_messages(JsonWriter& json, const Content& content, const MessageOptions& options,
                            std::vector<std::string>& dropped);

}  // namespace wye::ollama
