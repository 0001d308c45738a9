// Count answer: "how many tokens is this request", answered by the gateway itself for deployments
// whose provider cannot be asked in the client's own dialect. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/answer.h"
#include "core/content.h"

namespace wye {

// A loop counts while its other requests wait, so that no more text than this is looked at: at the
// most a millisecond of English, 5 of Chinese, 20 of text that was made to be slow.
inline constexpr std::size_t counted_bytes_max = 128 << 10;

// Counts the text of all messages and tools as `model` does, with a few tokens for each message.
// What is no text (images, sounds) is estimated. Of more than `counted_bytes_max` bytes of text a
// share is counted, spread over all of it. Usage.input has the sum, and Usage.source says whether
// all text was counted, or estimated for its length or for want of vocabularies.
Answer count_answer(const Content& content, std::string_view model);

}  // namespace wye
