// Sim chat: what the simulated provider answers to one chat request, worked out before the first
// byte is sent, so that streaming and not streaming give the same text. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "lab/sim_config.h"
#include "lab/sim_fault.h"
#include "lab/sim_prompt.h"
#include "lab/sim_words.h"

namespace wye {

struct SimToolCall {
  std::string id;
  std::string name;
  SimText arguments;
};

struct SimChoice {
  SimText content;
  bool declined = false;           // the content says no
  std::vector<SimToolCall> calls;  // content is null when there are any
  FinishReason finish = FinishReason::stop;
  std::string stop_sequence;  // the one that was hit

  std::int64_t tokens() const;
};

struct SimChat {
  std::string id;
  std::string model;
  std::int64_t created = 0;  // seconds
  bool logprobs = false;
  int top_logprobs = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t tokens_asked_max = 0;  // what counts against a tokens-a-minute limit
  std::vector<SimChoice> choices;

  std::int64_t completion_tokens() const;
  Usage usage() const;
};

// `call_a_tool`: one is called when there are any, whether the user mentions it or not.
SimChat answer_chat(const Content& content, const SimPrompt& prompt, const SimModel& model,
                    std::uint64_t seed, bool call_a_tool);

// What a fault makes of an answer before it is sent; only some do.
void spoil(SimChat& chat, SimFaultKind fault, DialectId dialect);

// One event of a streamed answer, in the order in which they are sent.
struct SimStep {
  enum class What : std::uint8_t {
    role,
    content,
    call,
    arguments,
    finish
  } what;
  std::uint16_t choice;
  std::uint16_t call;
  std::uint32_t piece;

  bool is_token() const { return what == What::content || what == What::arguments; }
};
std::vector<SimStep> steps_of(const SimChat& chat);

}  // namespace wye
