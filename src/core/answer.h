// Answer and Delta: what came back, in no provider's format; whole, or piece by piece. Every
// dialect reads its own answers into these and writes them out of these.
//
// As in core/content.h, what the hub has no word for stays raw JSON in `extra` and is written back
// only by the dialect named by `origin`. Plain values; they belong to one request's coroutine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/content.h"
#include "core/outcome.h"

namespace wye {

struct Choice {
  int index = 0;
  std::vector<Part> parts;
  FinishReason finish = FinishReason::none;
  std::string finish_text;    // as the provider spelled it
  std::string stop_sequence;  // the one that was hit, when the provider says
  std::string logprobs;       // raw JSON, "" when absent
  std::string form;
  Extra extra;          // of the choice
  Extra message_extra;  // of the message in it
  bool operator==(const Choice&) const = default;
};

struct Embedding {
  int index = 0;
  std::vector<double> values;  // one of the two
  std::string base64;          // little-endian 32-bit floats
  Extra extra;
  bool operator==(const Embedding&) const = default;
};

// One document of a rerank, best first.
struct RankedDocument {
  int index = 0;  // in the request
  double score = 0;
  std::string document;  // raw JSON, "" when it was not asked for
  Extra extra;
  bool operator==(const RankedDocument&) const = default;
};

struct Answer {
  DialectId origin = DialectId::openai;
  Endpoint endpoint = Endpoint::chat;
  std::string id;
  std::string model;
  std::int64_t created = 0;  // seconds since 1970, 0: not said
  std::vector<Choice> choices;
  std::vector<Embedding> embeddings;
  std::vector<RankedDocument> ranked;
  Usage usage;
  std::string usage_raw;  // as the origin wrote it, with the counts that Usage has no word for
  Extra extra;
};

// The pieces of a stream. Text in them is unescaped and whole characters are not guaranteed.
struct StartDelta {  // first of a stream, when the provider sends one
  std::string id;
  std::string model;
  std::int64_t created = 0;
};
struct TextDelta {
  std::string text;
};
struct ReasoningDelta {
  std::string text;
  std::string form;
};
struct SignatureDelta {  // of the part that is being written
  Signature signature;
  bool encrypted = false;  // a part of its own: reasoning that nobody may see
};
struct ToolCallDelta {  // a call begins
  int tool = 0;         // counts the calls of a choice
  std::string id;
  std::string name;
  Extra extra;
};
struct ArgumentsDelta {
  int tool = 0;
  std::string json;  // a fragment
};
struct RefusalDelta {
  std::string text;
};
struct PartEndDelta {};  // what follows is another part, even if it is of the same sort
struct LogprobsDelta {
  std::string json;  // elements of the `content` array of OpenAI's logprobs, with commas between
};
struct FinishDelta {
  FinishReason reason = FinishReason::none;
  std::string text;  // as the provider spelled it
  std::string stop_sequence;
};
struct UsageDelta {  // cumulative; the last one counts
  Usage usage;
  std::string raw;
};
struct ExtraDelta {
  enum class At : std::uint8_t {
    answer,
    choice,
    message
  };
  At at = At::answer;
  std::string name;
  std::string json;
};

using DeltaBody = std::variant<StartDelta, TextDelta, ReasoningDelta, SignatureDelta, ToolCallDelta,
                               ArgumentsDelta, RefusalDelta, PartEndDelta, LogprobsDelta,
                               FinishDelta, UsageDelta, ExtraDelta>;

struct Delta {
  int choice = 0;
  DeltaBody body;
};

// Puts the pieces of a stream together to the answer that they spell.
class AnswerFold {
 public:
  void add(const Delta& delta);
  const Answer& answer() const { return answer_; }
  Answer take() { return std::move(answer_); }

 private:
  // What is being written in one choice.
  struct Open {
    bool part_ended = true;
    std::vector<std::size_t> tools;  // place of each tool call among the parts
  };
  Choice& choice(int index);
  Open& open(int index);
  Part& part_for(int choice, std::size_t kind);
  void add_tool(int choice, const ToolCallDelta& call);
  void add_arguments(int choice, const ArgumentsDelta& arguments);
  void add_signature(int choice, const SignatureDelta& signature);
  void add_logprobs(int choice, const LogprobsDelta& logprobs);
  void add_extra(int choice, const ExtraDelta& extra);

  Answer answer_;
  std::vector<std::pair<int, Open>> open_;
};

// All text of an answer's choice, refusals and reasoning left out.
std::string text_of(const std::vector<Part>& parts);

}  // namespace wye
