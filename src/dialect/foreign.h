// Foreign: what a request of one dialect says that a provider of another has no word for. Settings
// are told by name, in one way for all targets; what would change the question is refused, so that
// another provider may be asked. Internal to this room; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/ability.h"
#include "core/content.h"

namespace wye {

// Settings that one or another dialect has no place for. foreign.cc has their names.
enum class Setting : std::uint8_t {
  min_p,
  top_k,
  seed,
  presence_penalty,
  frequency_penalty,
  logprobs,
  top_logprobs,
  user,
  parallel_calls,  // only "one at a time" is a wish
  strict_tools,
  cache_marks,         // wherever they stand
  shown_thoughts,      // thoughts were asked for
  hidden_thoughts,     // thoughts were not wanted
  thought_summary,     // how they are to be summed up
  format_description,  // of an answer in JSON
  embedding_purpose,
};
using Settings = EnumSet<Setting>;

// Adds the name of each of these settings that the request has to `dropped`, in OpenAI's words.
void drop_settings(const Content& content, Settings without, std::vector<std::string>& dropped);
// Adds the members that the hub has no word for, in the client's words, but for those that are
// `carried` all the same.
void drop_extra(const Content& content, std::vector<std::string>& dropped,
                bool (*carried)(std::string_view name) = nullptr);

// A fault (unsupported_parameter) when a request of another dialect names what only its own
// providers keep or run: the rest of a conversation, a prompt, servers of tools, sound as the
// answer, a choice of tools or a format that the hub has no word for.
Result<void> check_crossing(const Content& content);

// OpenAI's chat and its Responses share these members: metadata, prompt_cache_key and the like.
bool is_openai_member(std::string_view name);

// The effort for a budget of thought, which OpenAI's dialects have no place for: the steps that
// others use. "none" for 0 and less.
std::string_view effort_for_budget(std::int64_t budget_tokens);

}  // namespace wye
