// What exact counting costs, a token and a byte: prose, code, another script, and text made to be
// slow. Nanoseconds a token are `ns_a_token`.
#include <benchmark/benchmark.h>

#include <string>

#include "wire/token_count.h"

namespace wye {
namespace {

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += unit;
  return text;
}

// Words in an order that repeats late, so that lookups are not always of the same few.
std::string prose(std::size_t bytes) {
  constexpr std::string_view words[] = {
      "the",     "gateway",  "sends",   "each",      "request", "to",      "a",       "provider",
      "whose",   "latency,", "price",   "and",       "quality", "satisfy", "its",     "policy.",
      "However", "unusual",  "outages", "sometimes", "don't",   "count",   "against", "anybody;",
      "2,048",   "tokens",   "were",    "billed",    "at",      "$0.15",   "per",     "million"};
  std::string text;
  std::uint32_t dice = 1;
  while (text.size() < bytes) {
    dice = dice * 1'664'525 + 1'013'904'223;
    text += words[dice >> 27];
    text += (dice >> 8) % 16 == 0 ? '\n' : ' ';
  }
  return text;
}

std::string code(std::size_t bytes) {
  return repeated(
      "for (const auto& [name, value] : headers_) {\n  if (!is_allowed(name)) continue;\n"
      "  out.append(name).append(\": \").append(value).append(\"\\r\\n\");\n}\n"
      "{\"id\":\"chatcmpl-9x3\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n",
      bytes);
}

void count(benchmark::State& state, Encoding encoding, const std::string& text) {
  std::int64_t tokens = 0;
  for (auto _ : state) tokens += count_tokens(encoding, text).tokens;
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size() * state.iterations()));
  state.counters["ns_a_token"] =
      benchmark::Counter(static_cast<double>(tokens) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

constexpr std::size_t usual_bytes = 100'000;
constexpr std::size_t hostile_bytes = 1'000'000;

void add(const char* name, const std::string& text) {
  for (const auto encoding : {Encoding::o200k_base, Encoding::cl100k_base}) {
    const std::string title = std::string(name) + "/" + std::string(to_string(encoding));
    benchmark::RegisterBenchmark(title.c_str(),
                                 [=](benchmark::State& state) { count(state, encoding, text); });
  }
}

const bool registered = [] {
  add("short_question", "What is the capital of Australia, and why isn't it Sydney?");
  add("prose", prose(usual_bytes));
  add("code", code(usual_bytes));
  add("chinese", repeated("我们把每个请求发送给最合适的模型供应商，并记录原因。", usual_bytes));
  add("one_letter_1mb", std::string(hostile_bytes, 'a'));
  add("one_letter_100kb", std::string(hostile_bytes / 10, 'a'));
  add("spaces_1mb", std::string(hostile_bytes, ' '));
  return true;
}();

}  // namespace
}  // namespace wye
