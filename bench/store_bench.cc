// Store benchmark: what a record costs the writer, by rows a batch. CPU time of the thread is the
// figure; the checkpoints that append() makes are part of it.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "io/sqlite_store.h"

namespace wye {
namespace {

std::string body_of(std::int64_t id, std::size_t bytes) {
  std::string body = "{\"id\":" + std::to_string(id) + ",\"plan\":[";
  while (body.size() < bytes - 40)
    body += "{\"deployment\":\"openai/gpt-4o-mini\",\"why\":\"price\"},";
  body.back() = ']';
  return body + "}";
}

StoredRecord record(std::int64_t id) {
  return {.id = id,
          .client_id = "",
          .task = "chat-support",
          .deployment = "openai/gpt-4o-mini",
          .team = "search",
          .status = 200,
          .attempts = 1,
          .cost_nanousd = 380'000,
          .input_tokens = 812,
          .output_tokens = 96,
          .total_us = 1'204'113,
          .fault = "",
          .policy = "9f2c1a77b0d1",
          .body = body_of(id, 1'200)};
}

// range(0): rows a batch; range(1): page bytes; range(2): 1 when every row has a client id.
void store_append(benchmark::State& state) {
  std::string directory = (std::filesystem::temp_directory_path() / "wye-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return state.SkipWithError("no directory");
  const auto batch = static_cast<std::size_t>(state.range(0));
  {
    auto writer =
        open_sqlite_writer(directory + "/wye.db", {.page_bytes = static_cast<int>(state.range(1))});
    if (!writer) return state.SkipWithError(writer.error().message.c_str());
    std::vector<StoredRecord> rows;
    for (std::size_t i = 0; i < batch; ++i) rows.push_back(record(static_cast<std::int64_t>(i)));
    std::int64_t next = std::int64_t{1} << 58;
    for (auto _ : state) {
      for (StoredRecord& row : rows) {
        row.id = next += 64;
        if (state.range(2) != 0)
          row.client_id = std::to_string(row.id * 2654435761 % 1'000'000'007);
      }
      if (auto done = (*writer)->append(rows); !done)
        state.SkipWithError(done.error().message.c_str());
    }
  }
  std::filesystem::remove_all(directory);
  state.counters["per_row"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(batch),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(store_append)
    ->ArgNames({"batch", "page", "client_id"})
    ->ArgsProduct({{1, 8, 32, 128}, {4'096, 8'192}, {0}})
    ->Args({32, 16'384, 0})
    ->Args({32, 32'768, 0})
    ->Args({1, 16'384, 0})
    ->Args({32, 8'192, 1})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wye
