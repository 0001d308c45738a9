// Tests of the Anthropic dialect against the OpenAI one over recorded traffic: answers of either,
// given to clients of the other, must say the same; requests must become what somebody wrote for
// both by hand; errors must be understood. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "base/test_measured.h"
#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;
using corpus::Dom;

class AnthropicCross : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
};

// What cannot be said in Anthropic's words, or is said better there.
std::string named_cause(const std::string& cause, const Spelled& said) {
  if (cause == "finish stop / tool_calls" && !said.calls.empty()) {
    return "stop with calls: clients of Anthropic call on tool_use alone";
  }
  if (cause == "finish none / stop") return "no finish at all: a message must have ended somehow";
  if (cause != "calls") return {};
  for (const auto& [name, arguments] : said.calls) {
    if (!arguments.starts_with('{') || !arguments.ends_with('}')) {
      return "broken arguments: a call's input must be an object";
    }
  }
  return {};
}

// Differences with a named cause are counted apart.
struct Verdicts {
  Tally plain;
  std::map<std::string, int> named;
  void add(const Spelled& said, const Spelled& heard, const std::string& id) {
    const std::string cause = difference(said, heard);
    const std::string name = cause.empty() ? std::string() : named_cause(cause, said);
    if (!name.empty()) ++named[name];
    plain.add(name.empty() ? cause : "", id);
  }
  void print(const char* what) const {
    plain.print(what);
    for (const auto& [name, count] : named) std::printf("  %4d  %s\n", count, name.c_str());
  }
};

// From the dialect of a provider to a client of another, who reads it.
struct Crossing {
  const Dialect& from;
  const Dialect& to;
  JsonReader& reader;

  void answer(const corpus::Exchange& exchange, const Provider& provider, Verdicts& out) const {
    std::string body = exchange.answer;
    const auto said = from.read_answer(reader, Endpoint::chat, body, provider);
    if (!said) return;  // an error that calls itself a success
    std::string ours = to.write_answer(*said, Ask{});
    const auto heard = to.read_answer(reader, Endpoint::chat, ours, Provider{});
    ASSERT_TRUE(heard.has_value()) << exchange.id;
    out.add(spell(*said), spell(*heard), exchange.id);
  }
  void stream(const corpus::Exchange& exchange, Verdicts& out) const {
    const Reading said = read_stream(from, reader, exchange.answer);
    for (const EventFacts& facts : said.facts) {
      if (facts.fault) return;  // passed on as a fault
    }
    const Reading heard = read_stream(to, reader, write_stream(to, said.deltas));
    out.add(spell(said.answer), spell(heard.answer), exchange.id);
  }
};

TEST_F(AnthropicCross, answers_reach_openai_clients) {
  Verdicts answers, streams;
  const Crossing crossing{dialect, openai, reader};
  corpus::for_each_exchange("anthropic", [&](const corpus::Exchange& exchange) {
    if (exchange.api != "messages" || exchange.status != 200) return;
    if (!exchange.stream) return crossing.answer(exchange, {}, answers);
    if (exchange.answer.find("event:") != std::string::npos) crossing.stream(exchange, streams);
  });
  answers.print("Anthropic's answers at OpenAI clients");
  streams.print("Anthropic's streams at OpenAI clients");
  EXPECT_GT(answers.plain.all, 480);
  EXPECT_GE(answers.plain.percent(), 99.5);
  EXPECT_GE(streams.plain.percent(), 99.5);
}

TEST_F(AnthropicCross, openai_answers_reach_anthropic_clients) {
  Verdicts answers, streams;
  const Crossing crossing{openai, dialect, reader};
  for (const std::string_view provider : corpus::compatible) {
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200) return;
      if (exchange.stream) return crossing.stream(exchange, streams);
      crossing.answer(exchange, corpus::provider_of(provider), answers);
    });
  }
  answers.print("OpenAI's answers at Anthropic clients");
  streams.print("OpenAI's streams at Anthropic clients");
  EXPECT_GT(answers.plain.all, 1900);
  EXPECT_GE(answers.plain.percent(), 99.5);
  EXPECT_GE(streams.plain.percent(), 99.5);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A conversation without what differs because two models answered: the words of the assistant, the
// ids of its calls and what the calls were about.
std::string shape(const Dom& value, bool of_assistant) {
  std::string out;
  simdjson::dom::array list;
  simdjson::dom::object object;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return of_assistant ? "T" : std::string(text);
  if (value.get(list) == simdjson::SUCCESS) {
    for (const Dom each : list) out += shape(each, of_assistant) + ",";
    return "[" + out + "]";
  }
  if (value.get(object) != simdjson::SUCCESS) return simdjson::minify(value);
  const std::string role = corpus::text_at(value, "/role");
  const bool assistant = of_assistant || role == "assistant";
  const std::string type = corpus::text_at(value, "/type");
  std::map<std::string, std::string> members;
  for (const auto field : object) {
    const std::string key(field.key);
    if (key == "caller" || (assistant && (key == "input" || key == "id"))) continue;
    if (key == "tool_use_id") continue;
    std::string_view whole;
    if (key == "content" && field.value.get(whole) == simdjson::SUCCESS && type.empty()) {
      members[key] = "[{text:" + (assistant ? "T" : std::string(whole)) + ",type:text,},]";
      continue;
    }
    members[key] = key == "type" || key == "name" ? std::string(field.value.get_string().value())
                                                  : shape(field.value, assistant);
  }
  for (const auto& [key, each] : members) out.append(key).append(":").append(each).append(",");
  return "{" + out + "}";
}

struct Pair {
  std::filesystem::path openai, anthropic;
  std::string name;
};
std::vector<Pair> pairs() {
  std::vector<Pair> out;
  for (const auto& folder : std::filesystem::directory_iterator(corpus::folder() / "lingua/open")) {
    for (const char* file : {"request.json", "followup-request.json"}) {
      Pair pair{folder.path() / "chat-completions" / file, folder.path() / "anthropic" / file,
                folder.path().filename().string() + "/" + file};
      if (std::filesystem::exists(pair.openai) && std::filesystem::exists(pair.anthropic)) {
        out.push_back(pair);
      }
    }
  }
  return out;
}

// Differences that are right, by case and field.
const std::map<std::string, std::string> justified{
    {"chatCompletionsAnthropicCacheControlParam.messages", "the two cases have other texts"},
    {"chatCompletionsSystemCacheControlParam.system", "the Anthropic case asks for a ttl of 1h"},
    {"multimodalRequest.messages", "the Anthropic case was given the picture, not its address"},
    {"parallelToolCallsDisabledParam.messages", "the two cases have other texts"},
    {"parallelToolCallsDisabledParam.tools", "the OpenAI case is strict and forbids more members"},
    {"parallelToolCallsRequest.tool_choice", "auto is the default, and only one case says it"},
    {"reasoningSummaryParam.thinking", "whoever asks for reasoning is given thinking"},
    {"serviceTierParam.service_tier", "tiers of one seller mean nothing to another"},
};

TEST_F(AnthropicCross, requests_become_what_was_written_by_hand) {
  Tally fields;
  int right = 0;
  for (const Pair& pair : pairs()) {
    const std::string wanted_text = file_text(pair.anthropic);
    simdjson::dom::parser first, second;
    const Dom wanted = first.parse(wanted_text).value();
    auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, file_text(pair.openai));
    ASSERT_TRUE(ask.has_value()) << pair.name << ask.error().message;
    const auto content = openai.read_content(reader, *ask);
    Deployment deployment;
    deployment.model = corpus::text_at(wanted, "/model");
    deployment.abilities = {Ability::json_schema, Ability::reasoning};
    // What OpenAI leaves open is the model's own limit.
    deployment.output_tokens_max = wanted["max_tokens"].get_int64().value();
    const auto request = dialect.write_ask(*content, *ask, deployment, Provider{});
    ASSERT_TRUE(request.has_value()) << pair.name << request.error().message;
    const Dom ours = second.parse(joined(*request)).value();
    std::set<std::string> names;
    for (const auto field : wanted.get_object()) names.emplace(field.key);
    for (const auto field : ours.get_object()) names.emplace(field.key);
    for (const std::string& name : names) {
      Dom a, b;
      const bool in_both =
          wanted[name].get(a) == simdjson::SUCCESS && ours[name].get(b) == simdjson::SUCCESS;
      std::string where;
      const bool equal = in_both && (name == "messages" ? shape(a, false) == shape(b, false)
                                                        : corpus::same(a, b, where));
      const std::string key = pair.name.substr(0, pair.name.find('/')) + "." + name;
      const bool fine = !equal && justified.contains(key);
      right += fine;
      fields.add(equal || fine ? "" : key + (in_both ? " differs" : " on one side"), pair.name);
      if (!equal && !fine && in_both && name == "messages") {
        std::printf("%s\n%s\n", shape(a, false).c_str(), shape(b, false).c_str());
      }
    }
  }
  fields.print("fields of translated requests");
  std::printf("of these, different for a named cause: %d\n", right);
  test::measured("requests as captured, fields", "OpenAI to Anthropic", fields.good - right,
                 fields.all, right);
  EXPECT_LE(right, 16);
  EXPECT_GE(fields.percent(), 98.0);
}

FaultKind kind_of(const std::string& label) {
  static const std::map<std::string, FaultKind> kinds{
      {"auth", FaultKind::auth},
      {"permission", FaultKind::permission},
      {"model_not_found", FaultKind::model_gone},
      {"context_length", FaultKind::context_window},
      {"rate_limit", FaultKind::rate_limit},
      {"quota_exhausted", FaultKind::quota},
      {"overloaded", FaultKind::overloaded},
      {"server_error", FaultKind::outage},
      {"timeout", FaultKind::timeout},
      {"payload_too_large", FaultKind::too_large},
      {"unsupported_param", FaultKind::bad_request},
      {"invalid_request", FaultKind::bad_request},
  };
  const auto found = kinds.find(label);
  return found == kinds.end() ? FaultKind::internal : found->second;
}

// Documented errors stand in their file as JSON, recorded ones as text; one is an event of a
// stream.
Fault fault_of(JsonReader& reader, const Dom& line) {
  const int status = static_cast<int>(line["status"].get_int64().value());
  Headers headers;
  for (const auto field : line["headers"].get_object()) {
    std::string_view text;
    if (field.value.get(text) == simdjson::SUCCESS) headers.add({field.key, text});
  }
  std::string_view text;
  std::string body;
  const Dom value = line["body"].value();
  body = value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
  if (!body.starts_with("event:")) return dialect.read_fault(reader, status, headers, body, 0);
  const Reading reading = read_stream(dialect, reader, body);
  return reading.facts.front().fault.value_or(Fault{});
}

TEST_F(AnthropicCross, errors_are_understood) {
  Tally tally;
  simdjson::dom::parser parser;
  for (const char* file : {"errors/errors.open.jsonl", "errors/errors.documented.jsonl"}) {
    std::istringstream lines(file_text(corpus::folder() / file));
    for (std::string text; std::getline(lines, text);) {
      const Dom line = parser.parse(text).value();
      const std::string provider = corpus::text_at(line, "/provider");
      if (provider != "anthropic" && provider != "vertex") continue;
      const std::string label = corpus::text_at(line, "/class");
      const Fault fault = fault_of(reader, line);
      tally.add(fault.kind == kind_of(label)
                    ? ""
                    : label + " as " + std::string(to_string(fault.kind)) + ": " + fault.message,
                provider);
    }
  }
  tally.print("errors of Anthropic and Vertex");
  test::measured("labelled errors", "Anthropic, and Claude on Vertex AI", tally.good, tally.all);
  EXPECT_GE(tally.all, 28);
  EXPECT_EQ(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
