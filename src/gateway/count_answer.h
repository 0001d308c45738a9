// Count answer: "how many tokens is this request", answered by the gateway itself for deployments
// whose provider cannot be asked in the client's own dialect. Pure.
#pragma once

#include <string_view>

#include "core/answer.h"
#include "core/content.h"

namespace wye {

// Counts the text of all messages and tools as `model` does, with a few tokens for each message.
// What is no text (images, sounds) is estimated. Usage.input has the sum, and Usage.source says
// whether it was counted or, in a build without vocabularies, estimated.
Answer count_answer(const Content& content, std::string_view model);

}  // namespace wye
