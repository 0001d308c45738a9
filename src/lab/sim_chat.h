// Sim chat: what the simulated provider answers to one chat request, worked out before the first
// byte is sent, so that streaming and not streaming give the same text. Pure.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/sim_config.h"
#include "lab/sim_dom.h"
#include "lab/sim_fault.h"
#include "lab/sim_words.h"

namespace wye {

struct SimToolCall {
  std::string id;
  std::string name;
  SimText arguments;
};

struct SimChoice {
  SimText content;
  std::vector<SimToolCall> calls;  // content is null when there are any
  std::string_view finish_reason = "stop";

  std::int64_t tokens() const;
};

struct SimChat {
  std::string id;
  std::string model;
  std::int64_t created = 0;  // seconds
  bool stream = false;
  bool include_usage = false;
  bool logprobs = false;
  int top_logprobs = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t tokens_asked_max = 0;  // what counts against a tokens-a-minute limit
  std::vector<SimChoice> choices;
};

// `request` is the whole body. A refusal when OpenAI would refuse it.
tl::expected<SimChat, SimRefusal> answer_chat(const dom::Element& request, const SimModel& model,
                                              std::uint64_t seed);

// The body of a whole answer.
void write_chat_answer(const SimChat& chat, std::string& out);

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

// Writes the events of one streamed answer ("data: {...}\n\n").
class SimEvents {
 public:
  explicit SimEvents(const SimChat& chat);
  void write(const SimStep& step, std::string& out) const;
  void write_usage(std::string& out) const;

 private:
  const SimChat& chat_;
  std::string before_;
  std::string after_;
};

}  // namespace wye
