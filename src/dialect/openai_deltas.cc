// OpenAI deltas: stream chunks to the hub's deltas. Pure but for the little state of its stream.
#include "dialect/openai_deltas.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dialect/json_walk.h"
#include "dialect/openai_parts.h"
#include "dialect/openai_usage.h"

namespace wye::openai {
namespace {

constexpr std::array<std::string_view, 3> noise{"object", "obfuscation", "p"};

bool is_noise(std::string_view key) {
  for (const std::string_view each : noise) {
    if (each == key) return true;
  }
  return false;
}

void keep_extra(std::vector<Delta>& deltas, int choice, ExtraDelta::At at, walk::Member& member) {
  if (walk::is_null(member.value)) return;
  deltas.push_back(
      {choice, ExtraDelta{at, std::string(member.key), std::string(walk::raw(member.value))}});
}

std::string_view inside_brackets(std::string_view array) {
  return array.size() < 2 ? std::string_view() : array.substr(1, array.size() - 2);
}

// Thoughts come before text, and text before calls, whatever the order of the members.
int rank(const Delta& delta) {
  if (std::holds_alternative<ReasoningDelta>(delta.body)) return 0;
  if (std::holds_alternative<SignatureDelta>(delta.body)) return 0;
  if (std::holds_alternative<TextDelta>(delta.body)) return 1;
  if (std::holds_alternative<ToolCallDelta>(delta.body)) return 3;
  if (std::holds_alternative<ArgumentsDelta>(delta.body)) return 3;
  return std::holds_alternative<FinishDelta>(delta.body) ? 4 : 2;
}

}  // namespace

// One choice of one chunk. The members are read in the order in which they come, because the reader
// goes forward only; the deltas are put in order afterwards.
class DeltaReader::ChoiceReader {
 public:
  ChoiceReader(DeltaReader& stream, std::vector<Delta>& deltas) : stream_(stream), out_(deltas) {}

  void read(JsonValue& value) {
    const std::size_t before = out_.size();
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    const auto first = out_.begin() + static_cast<std::ptrdiff_t>(before);
    // The index comes first in every recorded stream, but nobody promised that.
    std::for_each(first, out_.end(), [&](Delta& delta) { delta.choice = choice_; });
    // Most chunks say one thing, and sorting takes memory even then.
    const auto by_rank = [](const Delta& a, const Delta& b) { return rank(a) < rank(b); };
    if (!std::is_sorted(first, out_.end(), by_rank)) std::stable_sort(first, out_.end(), by_rank);
  }

 private:
  void read_member(walk::Member& member) {
    JsonValue& value = member.value;
    const std::string_view key = member.key;
    if (key == "index") {
      choice_ = static_cast<int>(walk::integer_if(value).value_or(0));
    } else if (key == "delta") {
      walk::members_if(value, [&](walk::Member& each) { read_delta(each); });
    } else if (key == "finish_reason") {
      read_finish(value);
    } else if (key == "logprobs") {
      read_logprobs(value);
    } else if (key != "message") {  // Perplexity repeats the whole message with every delta
      keep_extra(out_, choice_, ExtraDelta::At::choice, member);
    }
  }

  template <class Body>
  void add(Body body) {
    out_.push_back({choice_, std::move(body)});
  }

  void read_logprobs(JsonValue& value) {
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "content" && walk::is_array(member.value)) {
        const std::string_view elements = inside_brackets(walk::raw(member.value));
        if (!elements.empty()) add(LogprobsDelta{std::string(elements)});
      }
    });
  }

  void read_finish(JsonValue& value) {
    const auto word = walk::string_if(value);
    if (word && !word->empty()) add(FinishDelta{finish_reason_from(*word), std::string(*word), {}});
  }

  void read_delta(walk::Member& member) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "content") {
      read_content(value);
    } else if (key == "reasoning_content" || key == "reasoning") {
      read_reasoning(member);
    } else if (key == "reasoning_details") {
      read_details(value);
    } else if (key == "refusal") {
      read_refusal(member);
    } else if (key == "tool_calls") {
      walk::elements_if(value, [&](JsonValue& each) { read_call(each); });
    } else if (key == "function_call") {
      Call call;
      call.index = 0;
      read_function(value, call);
      add_call(std::move(call));
    } else if (key != "role") {
      keep_extra(out_, choice_, ExtraDelta::At::message, member);
    }
  }

  void read_reasoning(walk::Member& member) {
    std::string text;
    std::string form(member.key);
    if (take::text(member, text) && !text.empty())
      add(ReasoningDelta{std::move(text), std::move(form)});
  }

  // The text of the details is that of `reasoning` again; only what must be returned is new.
  void read_details(JsonValue& value) {
    walk::elements_if(value, [&](JsonValue& detail) {
      SignatureDelta found;
      walk::members_if(detail, [&](walk::Member& member) {
        std::string text;
        if (member.key == "signature" && take::text(member, text)) found.signature.data = text;
        if (member.key == "format" && take::text(member, text)) found.signature.maker = text;
        if (member.key == "data" && take::text(member, text)) {
          found.signature.data = text;
          found.encrypted = true;
        }
      });
      if (!found.signature.empty()) add(std::move(found));
    });
  }

  void read_refusal(walk::Member& member) {
    std::string text;
    if (take::text(member, text) && !text.empty()) add(RefusalDelta{std::move(text)});
  }

  void read_content(JsonValue& value) {
    if (const auto text = walk::string_if(value)) {
      if (!text->empty()) add(TextDelta{std::string(*text)});
      return;
    }
    walk::elements_if(value, [&](JsonValue& each) { read_content_part(read_part(each)); });
  }

  void read_content_part(Part part) {
    if (auto* text = std::get_if<Text>(&part.body)) {
      if (!text->text.empty()) add(TextDelta{std::move(text->text)});
    } else if (auto* reasoning = std::get_if<Reasoning>(&part.body)) {
      add(ReasoningDelta{std::move(reasoning->text), "thinking"});
    }
  }

  struct Call {
    std::string id, name, arguments;
    std::int64_t index = -1;
    Extra extra;
    bool function = false;
  };

  void read_call(JsonValue& value) {
    Call call;
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "id" && take::text(member, call.id)) return;
      if (member.key == "function") {
        read_function(member.value, call);
      } else if (member.key == "index") {
        call.index = walk::integer_if(member.value).value_or(-1);
      } else if (member.key != "type") {
        walk::keep(call.extra, member);
      }
    });
    add_call(std::move(call));
  }

  static void read_function(JsonValue& value, Call& call) {
    call.function = walk::is_object(value);
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "name" && take::text(member, call.name)) return;
      if (member.key != "arguments" || walk::is_null(member.value)) return;
      if (!take::text(member, call.arguments)) call.arguments = walk::raw(member.value);
    });
  }

  void add_call(Call call) {
    if (!call.function) return;
    const int tool =
        stream_.tool_of(choice_, call.index, call.id, call.name, std::move(call.extra), out_);
    if (!call.arguments.empty()) add(ArgumentsDelta{tool, std::move(call.arguments)});
  }

  DeltaReader& stream_;
  std::vector<Delta>& out_;
  int choice_ = 0;
};

// The number of the call that a fragment belongs to, announced when it is new. Some servers leave
// the index out, some give every call index 0, some repeat id and name with every fragment.
int DeltaReader::tool_of(int choice, std::int64_t index, const std::string& id,
                         const std::string& name, Extra extra, std::vector<Delta>& deltas) {
  int count = 0;
  for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) {
    if (call->choice != choice) continue;
    const bool same_index = index < 0 || call->index == index;
    const bool same_id = id.empty() || call->id == id;
    if (same_index && same_id) return call->tool;
    ++count;
  }
  calls_.push_back({choice, index, count, id});
  deltas.push_back({choice, ToolCallDelta{count, id, name, std::move(extra)}});
  return count;
}

void DeltaReader::read_start(walk::Member& member, StartDelta& start) {
  if (member.key == "id") (void)take::text(member, start.id);
  if (member.key == "model") (void)take::text(member, start.model);
  if (member.key == "created") start.created = walk::integer_if(member.value).value_or(0);
}

// Groq's own member repeats the usage, in some streams as the only one who says it.
std::optional<UsageDelta> DeltaReader::read_x_groq(JsonValue& value) const {
  std::optional<UsageDelta> usage;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key != "usage") return;
    std::string raw(walk::raw(member.value));
    usage = UsageDelta{read_usage(member.value, output_excludes_reasoning_), std::move(raw)};
  });
  return usage;
}

void DeltaReader::read(JsonObject& chunk, std::vector<Delta>& deltas) {
  const auto before = static_cast<std::ptrdiff_t>(deltas.size());
  StartDelta start;
  std::optional<UsageDelta> usage;
  (void)walk::members(chunk, [&](walk::Member& member) -> Result<void> {
    const std::string_view key = member.key;
    if (key == "id" || key == "model" || key == "created") {
      if (!started_) read_start(member, start);
    } else if (key == "choices") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { ChoiceReader(*this, deltas).read(each); });
    } else if (key == "usage") {
      if (walk::is_null(member.value)) return {};  // in every chunk but the last
      std::string raw(walk::raw(member.value));
      usage = UsageDelta{read_usage(member.value, output_excludes_reasoning_), std::move(raw)};
    } else if (key == "x_groq" && !usage) {
      usage = read_x_groq(member.value);
    } else if (!is_noise(key)) {
      keep_extra(deltas, 0, ExtraDelta::At::answer, member);
    }
    return {};
  });
  if (usage && usage->usage.source != UsageSource::none) deltas.push_back({0, std::move(*usage)});
  // Azure's first chunk has neither id nor model.
  if (started_ || (start.id.empty() && start.model.empty())) return;
  started_ = true;
  deltas.insert(deltas.begin() + before, Delta{0, std::move(start)});
}

}  // namespace wye::openai
