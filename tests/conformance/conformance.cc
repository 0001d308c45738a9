// Conformance: prints how faithfully answers travel, measured on recorded traffic of real
// providers, and names every exception. The recordings are not part of the project; WYE_CORPUS says
// where they are (default ../shared/wire), and without them this says so and ends.
//
// With a file name as its argument it also writes there, one a line, what clients of OpenAI's two
// dialects were sent, for validate.py to hold against OpenAI's own description.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "conformance/passage.h"
#include "dialect/test_corpus.h"

namespace wye::conformance {
namespace {

struct Api {
  std::string_view name;
  DialectId dialect;
};
constexpr Api apis[]{{"chat", DialectId::openai},        {"responses", DialectId::openai_responses},
                     {"messages", DialectId::anthropic}, {"generateContent", DialectId::gemini},
                     {"converse", DialectId::bedrock},   {"cohere-chat", DialectId::cohere},
                     {"ollama-chat", DialectId::ollama}};

constexpr std::string_view providers[]{
    "openai", "azure",    "anthropic", "gemini",     "vertex",     "bedrock",  "mistral",
    "cohere", "groq",     "deepseek",  "xai",        "openrouter", "together", "cerebras",
    "ollama", "llamacpp", "copilot",   "perplexity", "zai",        "chatgpt"};

// Clients of the other dialects are given answers of every provider.
constexpr DialectId clients[]{DialectId::openai, DialectId::anthropic, DialectId::gemini,
                              DialectId::openai_responses};

const Api* api_of(std::string_view name) {
  const auto* found = std::find_if(std::begin(apis), std::end(apis),
                                   [&](const Api& api) { return api.name == name; });
  return found == std::end(apis) || dialect_of(found->dialect) == nullptr ? nullptr : found;
}

Common common_of(DialectId provider, DialectId client) {
  Common common;
  if (provider == client) return common;
  // Responses show summaries, of which not every dialect makes reasoning text of its own.
  common.reasoning = false;
  common.reasoning_tokens = client != DialectId::anthropic;
  common.cache_write_tokens = client == DialectId::anthropic;
  return common;
}

// Arguments that a token limit cut short are no JSON, and Gemini has no place for what is none.
bool has_no_place(const Folded& wanted, DialectId client) {
  return client == DialectId::gemini &&
         std::any_of(wanted.calls.begin(), wanted.calls.end(),
                     [](const auto& call) { return !is_object(call.second); });
}

struct Row {
  std::size_t right = 0;
  std::size_t justified = 0;
  std::size_t all = 0;
};

class Table {
 public:
  void count(const std::string& row, const std::string& exchange, const std::string& difference,
             bool justified = false) {
    Row& one = rows_[row];
    ++one.all;
    if (difference.empty()) {
      ++one.right;
    } else if (justified) {
      ++one.justified;
    } else {
      exceptions_.push_back(fmt::format("{}: {}: {}", row, exchange, difference));
    }
  }
  // What the provider said is no answer.
  void fault(std::string what) { faults_.push_back(std::move(what)); }
  void print() const {
    fmt::print(
        "| what | recordings | equal | no place | equal, of what has a place |\n"
        "|---|---|---|---|---|\n");
    for (const auto& [name, row] : rows_) {
      fmt::print("| {} | {} | {} | {} | {:.2f} % |\n", name, row.all, row.right, row.justified,
                 100.0 * static_cast<double>(row.right) /
                     static_cast<double>(std::max<std::size_t>(1, row.all - row.justified)));
    }
    fmt::print(
        "\nNo place: tool call arguments that a token limit cut short, for clients whose "
        "format holds only whole objects.\n");
    fmt::print("\n{} exceptions:\n", exceptions_.size());
    for (const std::string& one : exceptions_) fmt::print("- {}\n", one);
    fmt::print("\n{} errors inside a 200, seen as such:\n", faults_.size());
    for (const std::string& one : faults_) fmt::print("- {}\n", one);
  }

 private:
  std::map<std::string, Row> rows_;
  std::vector<std::string> exceptions_;
  std::vector<std::string> faults_;
};

// Keeps what was written for OpenAI's clients; what was passed on is the provider's own.
class Sent {
 public:
  bool open(const char* path) {
    file_ = std::fopen(path, "w");
    return file_ != nullptr;
  }
  void keep(const Ask& client, std::string_view bytes) {
    const bool chat = client.dialect == DialectId::openai;
    if (file_ == nullptr || (!chat && client.dialect != DialectId::openai_responses)) return;
    if (!client.facts.stream) return line(chat ? "chat" : "response", bytes);
    SseReader events(event_bytes_max);
    events.feed(bytes);
    SseEvent event;
    while (events.next(event).value_or(false)) {
      if (event.data != "[DONE]") line(chat ? "chat event" : "response event", event.data);
    }
  }

 private:
  void line(std::string_view what, std::string_view json) {
    fmt::print(file_, "{}\t{}\n", what, json);
  }
  static constexpr std::size_t event_bytes_max = 8 << 20;
  std::FILE* file_ = nullptr;
};

std::string check(const Recording& recording, const Folded& wanted, const Ask& client, Cuts cuts,
                  Sent& sent) {
  Result<std::string> bytes = passed(recording, client, cuts, recording.body.size());
  if (!bytes) return "not passed on: " + bytes.error().message;
  if (recording.dialect != client.dialect) sent.keep(client, *bytes);
  const Result<Folded> got = heard(client, std::move(*bytes));
  if (!got) return "not read: " + got.error().message;
  return difference(wanted, *got, common_of(recording.dialect, client.dialect));
}

void check_same(Table& table, Sent& sent, const Recording& recording, const Folded& wanted,
                const std::string& id) {
  const Ask client = asking(recording.dialect, recording.stream);
  // Providers that clients never speak like have no client side.
  if (dialect_of(recording.dialect)->open_writer == nullptr) return;
  for (const Cuts cuts : {Cuts::none, Cuts::recorded, Cuts::bytes, Cuts::random}) {
    if (!recording.stream && cuts != Cuts::none) continue;
    if (cuts == Cuts::recorded && recording.reads.empty()) continue;
    if (recording.stream && dialect_of(recording.dialect)->framing != StreamFraming::sse) continue;
    const std::string difference = check(recording, wanted, client, cuts, sent);
    table.count(fmt::format("same dialect, {}", to_string(recording.dialect)), id, difference);
  }
}

void check_cross(Table& table, Sent& sent, const Recording& recording, const Folded& wanted,
                 const std::string& id) {
  for (const DialectId client : clients) {
    if (client == recording.dialect || dialect_of(client) == nullptr) continue;
    const std::string difference =
        check(recording, wanted, asking(client, recording.stream), Cuts::random, sent);
    table.count(
        fmt::format("{} client, {} provider", to_string(client), to_string(recording.dialect)), id,
        difference, has_no_place(wanted, client));
  }
}

void check_exchange(Table& table, Sent& sent, const corpus::Exchange& exchange) {
  const Api* api = api_of(exchange.api);
  if (api == nullptr || exchange.status != 200 || exchange.answer.empty()) return;
  // Gemini's stream as one JSON array, which wye never asks a provider for.
  if (exchange.stream && exchange.answer.front() == '[') return;
  Recording recording;
  recording.dialect = api->dialect;
  recording.provider = corpus::provider_of(exchange.provider);
  recording.provider.dialect = api->dialect;
  recording.body = exchange.answer;
  recording.reads = exchange.read_lengths;
  recording.stream = exchange.stream;
  const Result<Folded> wanted = said(recording);
  if (!wanted) {
    table.fault(fmt::format("{}: {}: {}", exchange.id, to_string(wanted.error().kind),
                            wanted.error().message.substr(0, 100)));
    return;
  }
  check_same(table, sent, recording, *wanted, exchange.id);
  check_cross(table, sent, recording, *wanted, exchange.id);
}

int run(const char* sent_path) {
  if (!corpus::present()) {
    fmt::print(stderr, "no recordings at {}; WYE_CORPUS says where they are\n",
               corpus::folder().string());
    return 0;
  }
  Table table;
  Sent sent;
  if (sent_path != nullptr && !sent.open(sent_path)) {
    fmt::print(stderr, "cannot write {}\n", sent_path);
    return 1;
  }
  for (const std::string_view provider : providers) {
    corpus::for_each_exchange(
        provider, [&](const corpus::Exchange& exchange) { check_exchange(table, sent, exchange); });
  }
  table.print();
  return 0;
}

}  // namespace
}  // namespace wye::conformance

int main(int count, char** words) { return wye::conformance::run(count > 1 ? words[1] : nullptr); }
