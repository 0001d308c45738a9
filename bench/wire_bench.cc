// What framing and JSON cost: one head, one chunk, one event, one body. Numbers are of this machine
// at this moment; compare them only with others of the same run.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "wire/http1.h"
#include "wire/json.h"
#include "wire/splice.h"
#include "wire/sse.h"

namespace wye {
namespace {

// As the OpenAI Python client sends it: 16 headers, 538 bytes.
const std::string request_head =
    "POST /v1/chat/completions HTTP/1.1\r\n"
    "Host: gateway.internal:8080\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\n"
    "Accept: application/json\r\n"
    "Content-Type: application/json\r\n"
    "User-Agent: OpenAI/Python 1.55.0\r\n"
    "X-Stainless-Lang: python\r\n"
    "X-Stainless-Package-Version: 1.55.0\r\n"
    "X-Stainless-OS: Linux\r\n"
    "X-Stainless-Arch: x64\r\n"
    "X-Stainless-Runtime: CPython\r\n"
    "X-Stainless-Runtime-Version: 3.12.7\r\n"
    "Authorization: Bearer sk-wye-0123456789abcdef0123456789abcdef\r\n"
    "X-Stainless-Async: false\r\n"
    "x-stainless-retry-count: 0\r\n"
    "Content-Length: 2048\r\n"
    "\r\n";

const std::string response_head =
    "HTTP/1.1 200 OK\r\n"
    "Date: Sun, 22 Nov 2026 13:00:00 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n"
    "Connection: keep-alive\r\n"
    "openai-organization: org-0123456789\r\n"
    "openai-processing-ms: 412\r\n"
    "openai-version: 2020-10-01\r\n"
    "x-ratelimit-limit-requests: 10000\r\n"
    "x-ratelimit-remaining-requests: 9999\r\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\r\n"
    "strict-transport-security: max-age=31536000; includeSubDomains; preload\r\n"
    "Server: cloudflare\r\n"
    "\r\n";

const std::string event_text =
    "data: {\"id\":\"chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012\",\"object\":\"chat.completion.chunk\","
    "\"created\":1732280000,\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,"
    "\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";

std::string words(std::size_t size, bool with_escapes) {
  std::string text;
  while (text.size() < size)
    text += with_escapes ? "if (a != \\\"b\\\") {\\n  run();\\n}\\n" : "Some words of a prompt. ";
  return text;
}

// A chat of `messages` messages, `bytes` of content in all.
std::string chat_body(std::size_t messages, std::size_t bytes, bool with_escapes) {
  std::string body = R"({"model":"gpt-4o-mini","stream":true,"temperature":0.7,"messages":[)";
  for (std::size_t i = 0; i < messages; ++i) {
    body += i == 0 ? R"({"role":"system","content":")" : R"(,{"role":"user","content":")";
    body += words(bytes / messages, with_escapes);
    body += "\"}";
  }
  body += R"(],"max_tokens":1024,"user":"someone"})";
  pad(body);
  return body;
}

const std::string small_body = chat_body(10, 1550, false);
const std::string large_body = chat_body(10, 100'000, false);
const std::string large_code_body = chat_body(10, 100'000, true);

void request_head_parse(benchmark::State& state) {
  RequestHead head;
  for (auto _ : state) benchmark::DoNotOptimize(parse_request_head(request_head, head));
  state.counters["bytes"] = static_cast<double>(request_head.size());
}
BENCHMARK(request_head_parse);

void request_head_length(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(head_length(request_head, 65536));
}
BENCHMARK(request_head_length);

void response_head_parse(benchmark::State& state) {
  ResponseHead head;
  for (auto _ : state) benchmark::DoNotOptimize(parse_response_head(response_head, false, head));
}
BENCHMARK(response_head_parse);

void request_head_write(benchmark::State& state) {
  RequestHead head;
  if (!parse_request_head(request_head, head)) return state.SkipWithError("no head");
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_request_line(out, head.method, head.target);
    for (const Header& line : head.headers.all()) write_header(out, line.name, line.value);
    out += "\r\n";
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(request_head_write);

// One chunk that holds one event, head to line end.
void chunk(benchmark::State& state) {
  std::string in;
  write_chunk_head(in, event_text.size());
  in += event_text + "\r\n";
  ChunkedReader reader;
  for (auto _ : state) {
    std::string_view left = in;
    while (!left.empty()) left.remove_prefix(reader.next(left)->consumed);
  }
}
BENCHMARK(chunk);

void sse_event(benchmark::State& state) {
  SseReader reader(1 << 20);
  SseEvent event;
  for (auto _ : state) {
    reader.feed(event_text);
    while (*reader.next(event)) benchmark::DoNotOptimize(event.data.data());
  }
  state.counters["bytes"] = static_cast<double>(event_text.size());
}
BENCHMARK(sse_event);

// Sixty-four events in one read.
void sse_event_in_burst(benchmark::State& state) {
  std::string burst;
  for (int i = 0; i < 64; ++i) burst += event_text;
  SseReader reader(1 << 20);
  SseEvent event;
  for (auto _ : state) {
    reader.feed(burst);
    while (*reader.next(event)) benchmark::DoNotOptimize(event.data.data());
  }
  state.counters["ns_an_event"] = benchmark::Counter(
      64e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(sse_event_in_burst);

void json_first_stage(benchmark::State& state, const std::string& body) {
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    auto document =
        parser.iterate(body.data(), body.size(), body.size() + simdjson::SIMDJSON_PADDING);
    benchmark::DoNotOptimize(document);
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK_CAPTURE(json_first_stage, body_2k, small_body);
BENCHMARK_CAPTURE(json_first_stage, body_100k, large_body);
BENCHMARK_CAPTURE(json_first_stage, body_100k_of_code, large_code_body);

void json_check(benchmark::State& state, const std::string& body) {
  JsonReader reader;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        reader.read_object(body, [](JsonObject&) -> Result<void> { return {}; }));
}
BENCHMARK_CAPTURE(json_check, body_2k, small_body);
BENCHMARK_CAPTURE(json_check, body_100k, large_body);
BENCHMARK_CAPTURE(json_check, body_100k_of_code, large_code_body);
BENCHMARK_CAPTURE(json_check, event, [] {
  std::string json = event_text.substr(6, event_text.size() - 8);
  pad(json);
  return json;
}());

constexpr std::string_view chat_keys[] = {"model", "stream", "messages", "temperature",
                                          "max_tokens"};
constexpr std::string_view message_keys[] = {"role", "content", "name"};

// What a dialect does: every member of the root and of every message, contents as spans or texts.
Result<void> read_message(std::string_view body, JsonValue& element, bool unescape) {
  JsonObject message;
  if (element.get_object().get(message)) return fail(wrong_type("messages[]", "an object"));
  return for_each_field(message, "messages[]", message_keys,
                        [&](std::string_view key, JsonValue& value) -> Result<void> {
                          if (unescape || key == "role")
                            benchmark::DoNotOptimize(read_string(value, key));
                          else
                            benchmark::DoNotOptimize(value_span(body, value));
                          return {};
                        });
}

Result<void> read_chat(std::string_view body, JsonObject& root, bool unescape) {
  return for_each_field(root, "", chat_keys,
                        [&](std::string_view key, JsonValue& value) -> Result<void> {
                          if (key == "model") benchmark::DoNotOptimize(read_string(value, key));
                          if (key == "stream") benchmark::DoNotOptimize(read_bool(value, key));
                          if (key != "messages") return {};
                          for (auto element : value.get_array()) {
                            JsonValue message;
                            if (std::move(element).get(message))
                              return fail(wrong_type(key, "an array"));
                            if (Result<void> read = read_message(body, message, unescape); !read)
                              return read;
                          }
                          return {};
                        });
}

void json_walk(benchmark::State& state, const std::string& body, bool unescape) {
  JsonReader reader;
  for (auto _ : state)
    benchmark::DoNotOptimize(reader.read_object(
        body, [&](JsonObject& root) { return read_chat(body, root, unescape); }));
}
BENCHMARK_CAPTURE(json_walk, body_2k, small_body, false);
BENCHMARK_CAPTURE(json_walk, body_2k_all_strings, small_body, true);
BENCHMARK_CAPTURE(json_walk, body_100k, large_body, false);
BENCHMARK_CAPTURE(json_walk, body_100k_all_strings, large_body, true);
BENCHMARK_CAPTURE(json_walk, body_100k_of_code_all_strings, large_code_body, true);

// The usual edit: another model name, one member gone, one new.
void json_splice(benchmark::State& state, const std::string& body) {
  Edits edits;
  const std::string_view member = "\"user\":\"someone\"";
  const JsonSpan gone{body.find(member), member.size()};
  for (auto _ : state) {
    edits.clear();
    edits.replace({9, 13}, "\"claude-sonnet-4-5\"");
    edits.remove_member(gone);
    edits.insert_member(0, "stream_options", R"({"include_usage":true})");
    benchmark::DoNotOptimize(edits.apply(body));
  }
}
BENCHMARK_CAPTURE(json_splice, body_2k, small_body);
BENCHMARK_CAPTURE(json_splice, body_100k, large_body);

void json_write_event(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    JsonWriter json(out);
    json.begin_object().field("id", "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012");
    json.field("object", "chat.completion.chunk").field("created", std::int64_t{1732280000});
    json.key("choices").begin_array().begin_object().field("index", 0).key("delta");
    json.begin_object().field("content", " word").end_object().key("finish_reason").null();
    json.end_object().end_array().end_object();
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(json_write_event);

void json_string_write(benchmark::State& state, const std::string& text) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_json_string(out, text);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK_CAPTURE(json_string_write, words_4k, words(4096, false));
BENCHMARK_CAPTURE(json_string_write, code_4k, words(4096, true));

}  // namespace
}  // namespace wye

BENCHMARK_MAIN();
