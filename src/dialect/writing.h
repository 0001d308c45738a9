// Writing: what all writers of requests share: a request that is one whole body, the fault of what
// a target cannot do, the list of what is left out, turns of a conversation in which every tool's
// answer stands alone. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/content.h"
#include "dialect/dialect.h"

namespace wye {

ProviderRequest whole_request(std::string path, std::string body, bool stream);

// The client's body with another model in it, and without its wish to think if that is dropped: for
// dialects whose requests need nothing else changed.
ProviderRequest spliced_request(std::string path, const Ask& ask, const Deployment& deployment,
                                bool drop_reasoning);

// Bad request, code unsupported_parameter. `message` is a sentence that names the field.
tl::unexpected<Fault> unsupported(std::string_view param, std::string message);

// Names of members that go nowhere, each once.
void add_dropped(std::vector<std::string>& dropped, std::string_view name);

// The sequences that end an answer, as many as a target takes; `dropped` tells when there are more.
std::vector<std::string> stops_for(const Content& content, std::size_t count_max,
                                   std::vector<std::string>& dropped);

// A message, or a part of one: in some dialects a user's message holds the answers of tools.
struct Turn {
  const Message* message = nullptr;
  Role role = Role::user;
  const ToolResult* result = nullptr;  // of a tool's turn
  const Part* result_part = nullptr;
  std::vector<const Part*> parts = {};
};
// Answers of tools come first. What a tool's turn cannot hold (pictures, files, sound) is shown by
// the user after it.
std::vector<Turn> turns_of(const std::vector<Message>& messages);

// A document that is plain text, with no file behind it.
bool is_plain_text(const Document& document);
// The text of a document with its title or name before it.
std::string text_of_document(const Document& document);

// Arguments of a call as an object: some want no text. Nothing becomes {}, and what is no object
// stands in one, under "arguments". Has no line ends.
std::string arguments_object(std::string_view text);

}  // namespace wye
