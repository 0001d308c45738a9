// Benchmarks of the OpenAI dialect: what reading a request, splicing it, and reading each event of
// a stream costs. Targets: read_ask 1.5 us for 2 KB and 25 us for 100 KB, an event 0.4 us.
#include <benchmark/benchmark.h>

#include <string>

#include "dialect/dialect.h"

namespace wye {
namespace {

const Dialect& openai() { return *dialect_of(DialectId::openai); }

// Prose with the line ends and quotes of real prompts.
std::string prose(std::size_t bytes) {
  constexpr std::string_view line =
      R"(The invoice of the third quarter was \"paid\" late; say when, and why, in one line.\n)";
  std::string out;
  while (out.size() < bytes) out += line;
  out.resize(bytes / line.size() * line.size());
  return out;
}

std::string chat_body(std::size_t bytes) {
  std::string out = R"({"model":"support/triage","stream":true,"temperature":0.2,"messages":[)"
                    R"({"role":"system","content":"You are a careful accountant."})";
  const std::size_t turn = bytes < 4096 ? bytes / 4 : bytes / 16;
  while (out.size() + turn < bytes) {
    out += R"(,{"role":"user","content":")" + prose(turn / 2) +
           R"("},{"role":"assistant","content":")" + prose(turn / 2) + R"("})";
  }
  out += R"(,{"role":"user","content":"Go on."}],"max_completion_tokens":512,"user":"u-17"})";
  return out;
}

// As agents send it: many tools, schemas and all.
std::string agent_body(int tools) {
  std::string out =
      R"({"model":"code/agent","messages":[{"role":"user","content":"Fix it."}],"tools":[)";
  for (int i = 0; i < tools; ++i) {
    if (i != 0) out += ',';
    out +=
        R"({"type":"function","function":{"name":"tool_)" + std::to_string(i) +
        R"(","description":")" + prose(600) +
        R"(","parameters":{"type":"object","properties":{"path":{"type":"string","description":)"
        R"("Absolute path of the file"},"limit":{"type":"integer","minimum":1}},"required":["path"]}}})";
  }
  return out + "]}";
}

void read_ask(benchmark::State& state, const std::string& body) {
  JsonReader reader;
  for (auto _ : state) {
    auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, body);
    benchmark::DoNotOptimize(ask);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
void read_ask_2k(benchmark::State& state) { read_ask(state, chat_body(2048)); }
void read_ask_20k(benchmark::State& state) { read_ask(state, chat_body(20 * 1024)); }
void read_ask_100k(benchmark::State& state) { read_ask(state, chat_body(100 * 1024)); }
void read_ask_agent_35k(benchmark::State& state) { read_ask(state, agent_body(40)); }
BENCHMARK(read_ask_2k);
BENCHMARK(read_ask_20k);
BENCHMARK(read_ask_100k);
BENCHMARK(read_ask_agent_35k);

// The same without the copy of the body, which a server has already made.
void read_ask_moved(benchmark::State& state, const std::string& text) {
  JsonReader reader;
  std::string body = text;
  pad(body);
  for (auto _ : state) {
    auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, std::move(body));
    benchmark::DoNotOptimize(ask);
    body = std::move(ask->body);
  }
}
void read_ask_moved_2k(benchmark::State& state) { read_ask_moved(state, chat_body(2048)); }
void read_ask_moved_100k(benchmark::State& state) { read_ask_moved(state, chat_body(100 * 1024)); }
BENCHMARK(read_ask_moved_2k);
BENCHMARK(read_ask_moved_100k);

void splice_2k(benchmark::State& state) {
  JsonReader reader;
  auto ask = openai().read_ask(reader, {.endpoint = Endpoint::chat}, chat_body(2048));
  Deployment deployment;
  deployment.model = "gpt-5.1-mini-2026-08-01";
  const Provider provider;
  for (auto _ : state) {
    auto request = openai().splice(*ask, deployment, provider, false);
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(splice_2k);

constexpr std::string_view text_event =
    R"({"id":"chatcmpl-CZq0000000000000000000000000","object":"chat.completion.chunk",)"
    R"("created":1763800000,"model":"gpt-5.1-mini","choices":[{"index":0,"delta":{"content":" late"},)"
    R"("finish_reason":null}]})";

void read_event(benchmark::State& state, std::string_view data) {
  JsonReader reader;
  const Provider provider;
  const auto stream = openai().open_reader(reader, provider);
  SseEvent event;
  event.data = data;
  for (auto _ : state) {
    auto facts = stream->read(event, nullptr);
    benchmark::DoNotOptimize(facts);
  }
}
void event_facts_200b(benchmark::State& state) { read_event(state, text_event); }
BENCHMARK(event_facts_200b);

void event_deltas_200b(benchmark::State& state) {
  JsonReader reader;
  const Provider provider;
  const auto stream = openai().open_reader(reader, provider);
  SseEvent event;
  event.data = text_event;
  std::vector<Delta> deltas;
  for (auto _ : state) {
    deltas.clear();
    auto facts = stream->read(event, &deltas);
    benchmark::DoNotOptimize(facts);
  }
}
BENCHMARK(event_deltas_200b);

// An event of OpenAI's, read and written anew for a client of another dialect. What splicing costs
// is event_facts_200b; the difference should stay below 1 us.
void translate_event(benchmark::State& state, DialectId client) {
  JsonReader reader;
  const Provider provider;
  const auto stream = openai().open_reader(reader, provider);
  const auto writer = dialect_of(client)->open_writer(Ask());
  SseEvent event;
  event.data = text_event;
  std::vector<Delta> deltas;
  std::string out;
  for (auto _ : state) {
    deltas.clear();
    out.clear();
    auto facts = stream->read(event, &deltas);
    for (const Delta& delta : deltas) writer->write(delta, out);
    benchmark::DoNotOptimize(facts);
    benchmark::DoNotOptimize(out.data());
  }
}
void event_to_anthropic_200b(benchmark::State& state) {
  translate_event(state, DialectId::anthropic);
}
BENCHMARK(event_to_anthropic_200b);
void event_to_gemini_200b(benchmark::State& state) { translate_event(state, DialectId::gemini); }
BENCHMARK(event_to_gemini_200b);
void event_to_responses_200b(benchmark::State& state) {
  translate_event(state, DialectId::openai_responses);
}
BENCHMARK(event_to_responses_200b);

void answer_facts_1k(benchmark::State& state) {
  JsonReader reader;
  const Provider provider;
  std::string body =
      R"({"id":"chatcmpl-1","object":"chat.completion","created":1763800000,"model":"m","choices":)"
      R"([{"index":0,"message":{"role":"assistant","content":")" +
      prose(700) +
      R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":180,)"
      R"("total_tokens":200,"prompt_tokens_details":{"cached_tokens":0},)"
      R"("completion_tokens_details":{"reasoning_tokens":0}}})";
  for (auto _ : state) {
    auto facts = openai().read_answer_facts(reader, Endpoint::chat, body, provider);
    benchmark::DoNotOptimize(facts);
  }
}
BENCHMARK(answer_facts_1k);

}  // namespace
}  // namespace wye

BENCHMARK_MAIN();
