#include "stories/sixteen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stories/story.h"

namespace wye::story {
namespace {

// --- the scene: a first provider that goes wrong and a second one that does not ---

std::string provider_line(std::string_view name, DialectId dialect) {
  const auto line = [&](std::string_view kind, std::string_view path) {
    return fmt::format(
        "  {}: {{ kind: {}, base_url: \"http://{}.sim{}\", api_key: \"${{env:KEY}}\" }}\n", name,
        kind, name, path);
  };
  switch (dialect) {
    case DialectId::anthropic: return line("anthropic", "/v1");
    case DialectId::gemini: return line("google", "/v1beta");
    default: return line("openai_compatible", "/v1");
  }
}

std::string_view more_abilities(DialectId dialect) {
  return dialect == DialectId::anthropic ? ", prefill" : "";
}

std::string policy_of(const Pair& pair, bool with_second = true) {
  const std::string_view more = more_abilities(pair.provider);
  std::string policy = "version: 1\nkeys: { app: { secret: \"${env:APP_KEY}\" } }\nproviders:\n" +
                       provider_line("acme", pair.provider) +
                       provider_line("backup", pair.provider);
  policy += fmt::format(R"(deployments:
  first:  {{ provider: acme,   model: model-a, price: {{ input: $1/M, output: $2/M }}, context: 8k,   abilities: [stream, tools{0}] }}
  second: {{ provider: backup, model: model-b, price: {{ input: $3/M, output: $6/M }}, context: 200k, abilities: [stream, tools{0}] }}
tasks:
  chat:
    route: first
    latency: {{ ttft: 3s, stall: 2s, total: 9s }}
)",
                        more);
  if (with_second) {
    policy +=
        "    fallbacks: [ { to: second, after: [outage, timeout, ttft, stall, cut, rate_limit, "
        "quota, overloaded, context_window, auth, permission, model_gone] } ]\n";
  }
  return policy + R"(reliability:
  retries: { max: 2, backoff: 200ms..2s, jitter: 20%, honor_retry_after: 10s, budget: { share: 10%, floor: 3/s } }
  circuit_breaker: { window: 60s, min_requests: 10, error_rate: 50%, consecutive: 5, cooldown: 5s..20s, half_open: 1 }
  deadline: 60s
)";
}

constexpr std::string_view sixty_words =
    R"({"words_min":60,"words_max":60,"tokens_per_second":200,"ttft_ms":50})";

// What one request led to.
struct Seen {
  Told told;
  Heard heard;
  std::uint64_t first = 0;   // calls that the first provider saw
  std::uint64_t second = 0;  // and the second
  Why why;
};

class Scene {
 public:
  explicit Scene(const Pair& pair, bool with_second = true) : story_(policy_of(pair, with_second)) {
    wish_.dialect = pair.client;
    wish_.stream = pair.stream;
    for (const char* name : {"acme", "backup"}) must(story_.provider(name).change(sixty_words));
    whole_ = ask().heard.text;
  }

  void strike(const std::string& provider, std::string_view fault) {
    must(story_.strike(provider, fault));
  }
  void mend(const std::string& provider) { must(story_.strike(provider, "")); }
  Seen ask() {
    const std::uint64_t first = story_.calls("acme");
    const std::uint64_t second = story_.calls("backup");
    Seen seen;
    seen.told = story_.ask(wish_);
    seen.heard = seen.told.heard(wish_);
    seen.first = story_.calls("acme") - first;
    seen.second = story_.calls("backup") - second;
    seen.why = story_.why();
    return seen;
  }
  // What a provider that is well says to this request.
  const std::string& whole() const { return whole_; }
  Story& story() { return story_; }

 private:
  template <class T>
  static void must(const Result<T>& done) {
    if (!done) std::abort();
  }

  Story story_;
  Wish wish_;
  std::string whole_;
};

// --- what must be seen ---

// The first complaint that holds.
class Verdict {
 public:
  Verdict& need(bool held, std::string complaint) {
    if (!held && complaint_.empty()) complaint_ = std::move(complaint);
    return *this;
  }
  std::string take() { return std::move(complaint_); }

 private:
  std::string complaint_;
};

Verdict whole_answer(const Scene& scene, const Seen& seen) {
  Verdict verdict;
  verdict.need(!scene.whole().empty(), "the scene itself does not work")
      .need(seen.told.status == 200, fmt::format("status {}: {}", seen.told.status, seen.told.body))
      .need(seen.heard.whole, "no whole answer")
      .need(seen.heard.text == scene.whole(),
            fmt::format("another text: \"{}\" for \"{}\"", seen.heard.text, scene.whole()));
  return verdict;
}

Verdict calls(Verdict verdict, const Seen& seen, std::uint64_t first, std::uint64_t second) {
  verdict.need(
      seen.first == first && seen.second == second,
      fmt::format("{} and {} calls, not {} and {}", seen.first, seen.second, first, second));
  return verdict;
}

// --- the sixteen ---

std::string rate_limited_for_a_while(const Pair& pair) {
  Scene with(pair);
  with.strike("acme", R"({"kind":"rate_limit","count":1,"retry_after_ms":2000})");
  const Seen elsewhere = with.ask();
  std::string complaint = calls(whole_answer(with, elsewhere), elsewhere, 1, 1).take();
  if (!complaint.empty()) return complaint;
  Scene alone(pair, false);
  alone.strike("acme", R"({"kind":"rate_limit","count":1,"retry_after_ms":2000})");
  const Seen again = alone.ask();
  return calls(whole_answer(alone, again), again, 2, 0)
      .need(again.told.took_ms >= 1'800, "asked again before its time")
      .take();
}

std::string rate_limited_in_silence(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"rate_limit","retry_after_ms":-1})");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen)
      .need(seen.first <= 4, fmt::format("{} tries", seen.first))
      .need(seen.told.took_ms < 5'000, "too late")
      .need(seen.second == 1, "not by the fallback")
      .take();
}

std::string one_server_error(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"status_500","count":1})");
  const Seen seen = scene.ask();
  return calls(whole_answer(scene, seen), seen, 2, 0).take();
}

std::string unavailable(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"status_503","retry_after_ms":-1})");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen)
      .need(seen.second == 1, "not by the fallback")
      .need(seen.first <= 3, "hammered")
      .take();
}

std::string connection_reset(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"("reset")");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen).need(seen.second == 1, "not by the fallback").take();
}

std::string never_answers(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"("hang")");
  const Seen seen = scene.ask();
  // An answer that is not streamed has no first token: it has its whole time.
  return calls(whole_answer(scene, seen), seen, 1, 1)
      .need(seen.told.took_ms < (pair.stream ? 5'000 : 12'000), "too late")
      .take();
}

std::string slow_first_token(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"slow_first_token","wait_ms":20000})");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen)
      .need(seen.told.took_ms < 15'000, fmt::format("took {} ms", seen.told.took_ms))
      .take();
}

std::string cut_stream(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"cut","after_tokens":40})");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen)
      .need(pair.provider == DialectId::anthropic || !pair.stream ||
                seen.why.record.outcomes.back().resume == Resume::again,
            "was it joined?")
      .take();
}

std::string stalled_stream(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"stall","after_tokens":40,"wait_ms":30000})");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen)
      .need(seen.told.took_ms < 6'000, fmt::format("took {} ms", seen.told.took_ms))
      .take();
}

std::string malformed_event(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"malformed_event","after_tokens":10})");
  const Seen seen = scene.ask();
  Verdict verdict = whole_answer(scene, seen);
  // Of an answer that is not streamed all is malformed.
  return pair.stream ? calls(std::move(verdict), seen, 1, 0).take() : verdict.take();
}

std::string no_end_marker(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"("no_done")");
  const Seen seen = scene.ask();
  // Gemini has no end marker: what misses there is the finish, and then the answer is cut.
  const std::uint64_t second = pair.provider == DialectId::gemini && pair.stream ? 1 : 0;
  return calls(whole_answer(scene, seen), seen, 1, second)
      .need(seen.told.took_ms < 8'000, "too late")
      .need(seen.why.record.outcomes.back().usage.output > 0, "no usage")
      .take();
}

std::string too_long(const Pair& pair) {
  Scene with(pair);
  with.strike("acme", R"("context_length")");
  const Seen elsewhere = with.ask();
  std::string complaint = calls(whole_answer(with, elsewhere), elsewhere, 1, 1).take();
  if (!complaint.empty()) return complaint;
  Scene alone(pair, false);
  alone.strike("acme", R"("context_length")");
  const Seen told = alone.ask();
  return calls(Verdict(), told, 1, 0)
      .need(told.told.status == 400, fmt::format("status {}", told.told.status))
      .take();
}

std::string filtered(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"("content_filter")");
  const Seen seen = scene.ask();
  const bool told = seen.heard.finish == FinishReason::content_filter ||
                    seen.told.header("x-wye-error-class") == "content_filter";
  return calls(Verdict(), seen, 1, 0)
      .need(told, fmt::format("its reason is lost: {} {}", seen.told.status, seen.told.body))
      .take();
}

std::string prefix_refused(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"({"kind":"cut","after_tokens":40})");
  scene.strike("backup", R"("no_prefill")");
  const Seen seen = scene.ask();
  return whole_answer(scene, seen).take();
}

// Steady requests through an outage of a minute.
std::string outage_of_a_minute(const Pair& pair) {
  Scene scene(pair);
  constexpr int seconds = 120;
  std::uint64_t calls_in_outage = 0;
  int back_after_s = -1;
  for (int second = 0; second < seconds; ++second) {
    const bool out = second < 60;
    if (second == 0) scene.strike("acme", R"("status_503")");
    if (second == 60) scene.mend("acme");
    const TimeMs begun = scene.story().now_ms();
    const Seen seen = scene.ask();
    std::string complaint = whole_answer(scene, seen).take();
    if (!complaint.empty()) return fmt::format("second {}: {}", second, complaint);
    if (out) calls_in_outage += seen.first;
    if (!out && back_after_s < 0 && seen.told.header("x-wye-deployment") == "first")
      back_after_s = second - 60;
    const DurationMs left = 1'000 - (scene.story().now_ms() - begun);
    if (left > 0) scene.story().pass(left);
  }
  return Verdict()
      .need(calls_in_outage <= 15, fmt::format("{} calls while it was out", calls_in_outage))
      .need(back_after_s >= 0 && back_after_s <= 30, fmt::format("back after {} s", back_after_s))
      .take();
}

std::string told_of_the_fallback(const Pair& pair) {
  Scene scene(pair);
  scene.strike("acme", R"("status_500")");
  const Seen seen = scene.ask();
  Verdict verdict = whole_answer(scene, seen);
  verdict.need(seen.heard.model == "model-b", "the model is " + seen.heard.model);
  NanoUsd of_failures = 0;
  for (const Outcome& outcome : seen.why.record.outcomes) {
    if (outcome.fault) of_failures += outcome.cost_nanousd;
  }
  const Usage& kept = seen.why.record.outcomes.back().usage;
  return verdict.need(of_failures == 0, "failures are billed")
      .need(kept.source == UsageSource::provider && kept.output > 0, "no usage in the record")
      .need(pair.stream || seen.heard.usage.output == kept.output, "another usage")
      .take();
}

constexpr std::array cases{
    Case{"429, Retry-After 2 s", rate_limited_for_a_while},
    Case{"429, no header, persistent", rate_limited_in_silence},
    Case{"500 once", one_server_error},
    Case{"503, persistent", unavailable},
    Case{"reset before the head", connection_reset},
    Case{"accepts, never answers", never_answers},
    Case{"first token after 20 s", slow_first_token},
    Case{"cut after 40 of 60 tokens", cut_stream},
    Case{"silent mid-stream", stalled_stream},
    Case{"one malformed event", malformed_event},
    Case{"no end marker", no_end_marker},
    Case{"context_length_exceeded", too_long},
    Case{"content filter", filtered},
    Case{"cut, and prefill refused", prefix_refused},
    Case{"outage of 60 s", outage_of_a_minute},
    Case{"fallback's name and usage", told_of_the_fallback},
};

constexpr std::array dialects{DialectId::openai, DialectId::anthropic, DialectId::gemini};

constexpr auto make_pairs() {
  std::array<Pair, 18> pairs{};
  std::size_t at = 0;
  for (const DialectId client : dialects) {
    for (const DialectId provider : dialects) {
      for (const bool stream : {false, true}) pairs[at++] = {client, provider, stream};
    }
  }
  return pairs;
}
constexpr auto pairs = make_pairs();

}  // namespace

std::string name_of(const Pair& pair) {
  return fmt::format("{} to {}{}", to_string(pair.client), to_string(pair.provider),
                     pair.stream ? ", streamed" : "");
}

std::span<const Pair> all_pairs() { return pairs; }
std::span<const Case> sixteen_cases() { return cases; }

}  // namespace wye::story
