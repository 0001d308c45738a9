// Tests of the Gemini dialect over recorded traffic of the Gemini API and of Vertex AI: what is
// read and written must mean what was recorded. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/test_measured.h"
#include "dialect/test_gemini.h"
#include "dialect/test_gemini_spelling.h"

namespace wye {
namespace {

using test::Spelled;
using test::Tally;

class GeminiCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }

  // The exchanges of methods that we have, of both of Google's interfaces.
  template <class Use>
  void each(Use&& use) {
    for (const std::string_view name : {"gemini", "vertex"}) {
      const Provider provider =
          test::gemini_provider(name == "vertex" ? Hosting::vertex : Hosting::own);
      corpus::for_each_exchange(name, [&](const corpus::Exchange& exchange) {
        const std::size_t mark = std::min(exchange.url.find('?'), exchange.url.size());
        const std::string path = exchange.url.substr(0, mark);
        static const std::set<std::string> methods{"generateContent", "streamGenerateContent",
                                                   "embedContent", "batchEmbedContents",
                                                   "countTokens"};
        const std::size_t colon = path.rfind(':');
        if (colon == std::string::npos || !methods.contains(path.substr(colon + 1))) return;
        use(exchange, path, provider);
      });
    }
  }

  const Dialect& gemini = test::gemini_dialect;
  JsonReader reader;
};

// What protocol buffers take for the same is made the same: names in camelCase, null and defaults
// left out. Inside of what a client's own names stand in, nothing is touched.
class Canonical {
 public:
  explicit Canonical(std::string& out) : json_(out) {}

  void write(const corpus::Dom& value, const std::string& name) {
    simdjson::dom::object object;
    simdjson::dom::array array;
    if (value.get(object) == simdjson::SUCCESS) {
      write_object(object, name);
    } else if (value.get(array) == simdjson::SUCCESS) {
      json_.begin_array();
      for (const corpus::Dom each : array) write(each, name + "[]");
      json_.end_array();
    } else {
      json_.raw(std::string(simdjson::minify(value)));
    }
  }

 private:
  static std::string camel(std::string_view key) {
    std::string out;
    for (std::size_t i = 0; i < key.size(); ++i) {
      const bool mark = key[i] == '_' && i > 0 && i + 1 < key.size();
      out += mark ? static_cast<char>(std::toupper(key[++i])) : key[i];
    }
    return out;
  }

  static bool is_default(const std::string& key, const std::string& text) {
    static const std::set<std::string> omitted{"null", "{}", "[]"};
    return omitted.contains(text) || (key == "thought" && text == "false");
  }

  void write_object(simdjson::dom::object object, const std::string& name) {
    static const std::set<std::string> opaque{
        "args",           "response",           "parameters", "parametersJsonSchema",
        "responseSchema", "responseJsonSchema", "labels"};
    json_.begin_object();
    bool role = false;
    for (const auto field : object) {
      std::string key = camel(field.key);
      std::string text(simdjson::minify(field.value));
      if (key == "role") role = true;
      const bool empty_means_something = key == "args" || key == "response" || name == "tools[]";
      if (is_default(key, text) && !(empty_means_something && text == "{}")) continue;
      if (key == "model") continue;                      // the path names it
      if (name == "content" && key == "role") continue;  // of what is embedded
      const bool word = key == "mode" || key == "thinkingLevel";
      if (word) std::transform(text.begin(), text.end(), text.begin(), ::toupper);
      json_.key(key);
      if (opaque.contains(key)) {
        json_.raw(text);
        continue;
      }
      std::string inner;
      if (!word) Canonical(inner).write(field.value, key);
      json_.raw(word ? text : inner);
    }
    if (name == "contents[]" && !role) json_.field("role", "user");
    json_.end_object();
  }

  JsonWriter json_;
};

std::string canonical(const std::string& json) {
  simdjson::dom::parser parser;
  corpus::Dom root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return json;
  std::string once, twice;
  Canonical(once).write(root, "");
  // What was emptied by the first pass is a default, too.
  if (parser.parse(once).get(root) != simdjson::SUCCESS) return once;
  Canonical(twice).write(root, "");
  return twice;
}

TEST_F(GeminiCorpus, requests_are_read_and_written_back_equal) {
  Tally accepted, written_back, spliced;
  each([&](const corpus::Exchange& exchange, const std::string& path, const Provider& provider) {
    if (exchange.request.empty() || exchange.request[0] != '{') return;
    auto ask = gemini.read_ask(reader, {.path = path, .query = "alt=sse"}, exchange.request);
    if (exchange.status == 200) {
      accepted.add(ask.has_value(), ask ? "" : ask.error().message, exchange.id);
    }
    if (!ask || exchange.status != 200) return;
    auto content = gemini.read_content(reader, *ask);
    ASSERT_TRUE(content.has_value()) << exchange.id;
    const Deployment deployment = test::deployment_of(ask->facts.model);
    auto request = gemini.write_ask(*content, *ask, deployment, provider);
    std::string cause = request ? "" : request.error().message;
    const bool equal = request && corpus::same_json(canonical(exchange.request),
                                                    canonical(test::joined(*request)), cause);
    written_back.add(equal, cause, exchange.id);
    cause.clear();
    const std::string same = test::joined(gemini.splice(*ask, deployment, provider, false));
    const bool kept = same == exchange.request || corpus::same_json(exchange.request, same, cause);
    spliced.add(kept, cause, exchange.id);
  });
  accepted.print("requests that were accepted by Google are accepted");
  written_back.print("requests through the hub");
  spliced.print("requests spliced");
  EXPECT_GE(accepted.all, 700);
  EXPECT_GE(accepted.percent(), 99.9);
  EXPECT_GE(written_back.percent(), 99.9);
  EXPECT_GE(spliced.percent(), 100.0);
}

TEST_F(GeminiCorpus, answers_are_read_and_written_back_equal) {
  Tally read, again, same, facts_agree;
  each([&](const corpus::Exchange& exchange, const std::string& path, const Provider& provider) {
    if (exchange.status != 200 || exchange.stream) return;
    if (path.ends_with(":streamGenerateContent")) return;
    Endpoint endpoint = Endpoint::chat;
    if (path.ends_with(":countTokens")) endpoint = Endpoint::count_tokens;
    if (path.find("mbedContent") != std::string::npos) endpoint = Endpoint::embeddings;
    Ask ask;
    ask.embedding_single = path.ends_with(":embedContent");
    std::string body = exchange.answer;
    const auto facts = gemini.read_answer_facts(reader, endpoint, body, provider);
    const auto answer = gemini.read_answer(reader, endpoint, body, provider);
    ASSERT_EQ(facts.has_value(), answer.has_value()) << exchange.id;
    const Spelled expected = test::spell({exchange.answer});
    if (!facts) {
      const bool nothing =
          expected.choices.empty() || (expected.choices.begin()->second.text.empty() &&
                                       expected.choices.begin()->second.finish == "error");
      read.add(nothing, "fault: " + facts.error().message, exchange.id);
      return;
    }
    if (endpoint == Endpoint::chat) {
      const std::string cause = test::difference(expected, test::spelled_of(*answer));
      read.add(cause.empty(), cause, exchange.id);
    }
    std::string cause;
    const std::string written = gemini.write_answer(*answer, ask);
    same.add(corpus::same_json(exchange.answer, written, cause), cause, exchange.id);
    body = written;
    const auto second = gemini.read_answer(reader, endpoint, body, provider);
    again.add(second && second->choices == answer->choices && second->usage == answer->usage &&
                  second->embeddings == answer->embeddings && second->id == answer->id &&
                  second->model == answer->model && second->extra == answer->extra,
              "second reading", exchange.id);
    const FinishReason finish =
        answer->choices.empty() ? FinishReason::stop : answer->choices.front().finish;
    facts_agree.add(
        facts->usage == answer->usage && facts->model == answer->model && facts->finish == finish,
        "facts", exchange.id);
  });
  read.print("answers as an independent reading has them");
  same.print("answers written back");
  again.print("answers read, written, read");
  facts_agree.print("facts agree with the full reading");
  EXPECT_GE(read.all, 500);
  EXPECT_GE(read.percent(), 99.9);
  EXPECT_GE(same.percent(), 99.9);
  EXPECT_GE(again.percent(), 100.0);
  EXPECT_GE(facts_agree.percent(), 100.0);
}

TEST_F(GeminiCorpus, streams_fold_to_what_they_say) {
  Tally folds, facts_agree, cuts;
  std::mt19937 dice(7);
  int events = 0;
  each([&](const corpus::Exchange& exchange, const std::string& path, const Provider& provider) {
    if (exchange.status != 200 || !path.ends_with(":streamGenerateContent")) return;
    const std::vector<std::string> documents = test::documents_of(exchange.answer);
    const bool array = exchange.answer.find("data:") != 0;
    const std::string body = array ? test::as_events(documents) : exchange.answer;
    const test::StreamReading seen = test::read_stream(gemini, reader, provider, body);
    events += seen.events;
    EXPECT_EQ(seen.malformed, 0) << exchange.id;
    const Spelled expected = test::spell(documents);
    if (expected.blocked) {
      folds.add(seen.fault && seen.fault->kind == FaultKind::content_filter, "block", exchange.id);
      return;
    }
    const std::string cause = test::difference(expected, test::spelled_of(seen.answer));
    folds.add(cause.empty(), cause, exchange.id);
    bool finish_agrees = false;
    for (const Choice& choice : seen.answer.choices) finish_agrees |= choice.finish == seen.finish;
    facts_agree.add(seen.usage == seen.answer.usage && seen.model == seen.answer.model &&
                        finish_agrees && (seen.contents > 0) == (seen.output_bytes > 0),
                    "facts", exchange.id);
    // The same stream in the recorder's reads, and in random ones.
    for (const bool recorded : {true, false}) {
      SseReader sse(1 << 24);
      auto stream = gemini.open_reader(reader, provider);
      AnswerFold fold;
      const auto drain = [&](bool last) {
        SseEvent event;
        std::vector<Delta> deltas;
        while (sse.next(event).value_or(false)) stream->read(event, &deltas);
        if (last && sse.finish(event).value_or(false)) stream->read(event, &deltas);
        for (const Delta& delta : deltas) fold.add(delta);
      };
      std::size_t at = 0, next = 0;
      while (at < body.size()) {
        const bool known = recorded && next < exchange.read_lengths.size();
        const std::size_t length = known ? exchange.read_lengths[next++] : 1 + dice() % 200;
        sse.feed(std::string_view(body).substr(at, length));
        at += length;
        drain(false);
      }
      drain(true);
      cuts.add(
          fold.answer().choices == seen.answer.choices && fold.answer().usage == seen.answer.usage,
          recorded ? "recorded reads" : "random reads", exchange.id);
    }
  });
  folds.print("streams as an independent reading has them");
  facts_agree.print("facts agree with folded deltas");
  cuts.print("streams cut differently");
  std::printf("%d events\n", events);
  EXPECT_GE(folds.all, 140);
  EXPECT_GE(folds.percent(), 99.9);
  EXPECT_GE(facts_agree.percent(), 99.9);
  EXPECT_GE(cuts.percent(), 100.0);
}

std::string contents_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Google's own golden answers for the authors of libraries: oddities of every sort.
TEST_F(GeminiCorpus, golden_answers_of_google) {
  Tally good, faults;
  for (const char* folder : {"googleai", "vertexai"}) {
    const bool vertex = std::string_view(folder) == "vertexai";
    const Provider provider = test::gemini_provider(vertex ? Hosting::vertex : Hosting::own);
    for (const auto& entry : std::filesystem::directory_iterator(
             corpus::folder() / "firebase-vertexai/open" / folder)) {
      const std::string name = entry.path().filename();
      if (name.find("generate-images") != std::string::npos) continue;  // another method
      std::string body = contents_of(entry.path());
      const bool count = name.find("total-tokens") != std::string::npos ||
                         name.find("billable") != std::string::npos ||
                         name.find("detailed-token") != std::string::npos;
      const Endpoint endpoint = count ? Endpoint::count_tokens : Endpoint::chat;
      const bool stream = name.starts_with("streaming");
      std::vector<std::string> documents{body};
      if (stream) documents = test::documents_of(body);
      const Spelled expected = test::spell(documents);
      Answer answer;
      std::optional<Fault> fault;
      int malformed = 0;
      if (stream && body.starts_with('{')) {  // the stream never began
        fault = gemini.read_fault(reader, 400, Headers{}, body, 0);
      } else if (stream) {
        test::StreamReading seen = test::read_stream(gemini, reader, provider, body);
        answer = std::move(seen.answer);
        fault = std::move(seen.fault);
        malformed = seen.malformed;
      } else {
        auto read = gemini.read_answer(reader, endpoint, body, provider);
        if (read) {
          answer = std::move(*read);
        } else {
          fault = std::move(read.error());
        }
      }
      const bool wants_fault = expected.blocked || expected.error ||
                               (expected.choices.empty() && !count && !stream) ||
                               (stream && body.starts_with('{'));
      if (wants_fault || fault) {
        faults.add(wants_fault == fault.has_value(), fault ? fault->message : "no fault", name);
        continue;
      }
      if (count) {
        good.add(answer.usage.input > 0, "count", name);
        continue;
      }
      const std::string cause =
          malformed > 0 ? "malformed" : test::difference(expected, test::spelled_of(answer));
      good.add(cause.empty(), cause, std::string(folder) + "/" + name);
    }
  }
  good.print("golden answers");
  faults.print("golden failures");
  EXPECT_GE(good.all, 30);
  EXPECT_GE(good.percent(), 100.0);
  EXPECT_GE(faults.percent(), 100.0);
}

FaultKind kind_of(const std::string& label) {
  static const std::map<std::string, FaultKind> kinds{
      {"auth", FaultKind::auth},
      {"model_not_found", FaultKind::model_gone},
      {"context_length", FaultKind::context_window},
      {"rate_limit", FaultKind::rate_limit},
      {"quota_exhausted", FaultKind::quota},
      {"unsupported_param", FaultKind::bad_request},
      {"invalid_request", FaultKind::bad_request},
  };
  const auto found = kinds.find(label);
  return found == kinds.end() ? FaultKind::internal : found->second;
}

TEST_F(GeminiCorpus, errors_are_classified_as_labelled) {
  Tally tally;
  for (const char* file : {"errors/errors.open.jsonl", "errors/errors.documented.jsonl"}) {
    corpus::for_each(file, true, [&](const corpus::Exchange& exchange) {
      if (exchange.provider != "gemini" && exchange.provider != "vertex") return;
      if (exchange.answer.empty()) return;
      for (const bool wrapped : {false, true}) {
        std::string body = wrapped ? "[" + exchange.answer + "]" : exchange.answer;
        const Fault fault = gemini.read_fault(reader, exchange.status, Headers{}, body, 0);
        tally.add(fault.kind == kind_of(exchange.label),
                  exchange.label + " as " + std::string(to_string(fault.kind)), exchange.id);
      }
    });
  }
  tally.print("errors of Google, plain and in an array");
  test::measured("labelled errors", "Gemini and Vertex AI, plain and in an array", tally.good,
                 tally.all);
  EXPECT_GE(tally.all, 20);
  EXPECT_GE(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
