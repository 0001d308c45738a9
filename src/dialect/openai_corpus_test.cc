// Tests of the OpenAI dialect over recorded traffic of twelve providers: what is read, written and
// spliced must mean what was recorded. Skipped where the recordings are absent.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/test_measured.h"
#include "core/answer.h"
#include "dialect/test_corpus.h"

namespace wye {
namespace {

class OpenaiCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
};

// Counts by cause, printed at the end of a test.
struct Tally {
  int all = 0, good = 0;
  std::map<std::string, int> bad;
  std::map<std::string, std::string> example;
  void add(bool fine, const std::string& cause, const std::string& id) {
    ++all;
    if (fine) {
      ++good;
      return;
    }
    if (bad[cause]++ == 0) example[cause] = id;
  }
  double percent() const { return all == 0 ? 100.0 : 100.0 * good / all; }
  void print(const char* what) const {
    std::printf("%s: %d of %d equal (%.2f %%)\n", what, good, all, percent());
    for (const auto& [cause, count] : bad) {
      std::printf("  %4d  %s  e.g. %s\n", count, cause.c_str(), example.at(cause).c_str());
    }
  }
};

std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  EXPECT_EQ(out.size(), request.body_bytes);
  return out;
}

std::optional<Endpoint> endpoint_of(const corpus::Exchange& exchange) {
  if (exchange.api == "chat") return Endpoint::chat;
  if (exchange.api == "embeddings") return Endpoint::embeddings;
  return std::nullopt;
}

TEST_F(OpenaiCorpus, requests_are_read_and_written_back_equal) {
  Tally tally, spliced, read_fine;
  for (const std::string_view provider : corpus::compatible) {
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      const auto endpoint = endpoint_of(exchange);
      if (!endpoint || exchange.request.empty() || exchange.request[0] != '{') return;
      auto ask = openai.read_ask(reader, {.endpoint = *endpoint}, exchange.request);
      // Azure may leave the model to the path.
      if (!ask && ask.error().message.find("model is missing") == 0) return;
      if (exchange.status < 400) {
        read_fine.add(ask.has_value(), ask ? "" : ask.error().message, exchange.id);
      }
      if (!ask) return;
      Deployment deployment;
      deployment.model = ask->facts.model;
      Provider where = corpus::provider_of(provider);
      where.stream_usage = StreamUsage::none;
      auto content = openai.read_content(reader, *ask);
      ASSERT_TRUE(content.has_value()) << exchange.id;
      auto written = openai.write_ask(*content, *ask, deployment, where);
      ASSERT_TRUE(written.has_value()) << exchange.id;
      std::string cause;
      // Who serves it is not the client's choice, and it is told so.
      if (!openai.can_splice(*ask, where) && ask->chooses_destination) {
        EXPECT_FALSE(written->dropped.empty()) << exchange.id;
      } else {
        const bool equal = corpus::same_json(exchange.request, joined(*written), cause);
        tally.add(equal, cause, exchange.id);
        cause.clear();
      }
      const bool same = corpus::same_json(
          exchange.request, joined(openai.splice(*ask, deployment, where, false)), cause);
      spliced.add(same, cause, exchange.id);
    });
  }
  read_fine.print("requests that were accepted by their provider are accepted");
  tally.print("requests through the hub");
  spliced.print("requests spliced");
  EXPECT_GE(tally.percent(), 99.0);
  EXPECT_GE(spliced.percent(), 100.0);
  EXPECT_GE(read_fine.percent(), 99.5);
}

TEST_F(OpenaiCorpus, answers_are_read_and_written_back_equal) {
  Tally tally, facts_agree;
  for (const std::string_view provider : corpus::compatible) {
    const Provider where = corpus::provider_of(provider);
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      const auto endpoint = endpoint_of(exchange);
      if (!endpoint || exchange.stream || exchange.status != 200) return;
      std::string body = exchange.answer;
      const auto facts = openai.read_answer_facts(reader, *endpoint, body, where);
      const auto answer = openai.read_answer(reader, *endpoint, body, where);
      ASSERT_EQ(facts.has_value(), answer.has_value()) << exchange.id;
      if (!facts) {
        tally.add(false, "fault: " + facts.error().message.substr(0, 60), exchange.id);
        return;
      }
      Ask ask;
      std::string cause;
      std::string written = openai.write_answer(*answer, ask);
      bool equal = corpus::same_json(exchange.answer, written, cause);
      tally.add(equal, cause, exchange.id);
      const FinishReason finish =
          answer->choices.empty() ? FinishReason::stop : answer->choices.front().finish;
      facts_agree.add(
          facts->usage == answer->usage && facts->model == answer->model && facts->finish == finish,
          "facts", exchange.id);
    });
  }
  tally.print("answers through the hub");
  facts_agree.print("facts agree with the full reading");
  EXPECT_GE(tally.percent(), 96.0);
  EXPECT_GE(facts_agree.percent(), 100.0);
}

// All that a relay learns from a stream.
struct StreamSummary {
  Usage usage;
  FinishReason finish = FinishReason::none;
  std::string model;
  std::int64_t bytes = 0;
  int contents = 0, usage_only = 0, done = 0, malformed = 0, events = 0;
  std::string fault;
  bool operator==(const StreamSummary&) const = default;
};

struct Reading {
  StreamSummary summary;
  Answer answer;
};

class StreamTest {
 public:
  StreamTest(const Dialect& dialect, JsonReader& json, const Provider& provider, bool full)
      : reader_(dialect.open_reader(json, provider)), full_(full) {}

  void feed(std::string_view bytes) {
    sse_.feed(bytes);
    SseEvent event;
    while (sse_.next(event).value_or(false)) use(event);
  }
  Reading finish() {
    SseEvent event;
    if (sse_.finish(event).value_or(false)) use(event);
    return {summary_, fold_.take()};
  }

 private:
  void use(const SseEvent& event) {
    if (event.comment_only) return;
    std::vector<Delta> deltas;
    const EventFacts facts = reader_->read(event, full_ ? &deltas : nullptr);
    for (const Delta& delta : deltas) fold_.add(delta);
    ++summary_.events;
    summary_.contents += facts.content;
    summary_.usage_only += facts.usage_only;
    summary_.done += facts.done;
    summary_.malformed += facts.malformed;
    summary_.bytes += facts.output_bytes;
    if (facts.usage) summary_.usage = *facts.usage;
    if (facts.finish != FinishReason::none) summary_.finish = facts.finish;
    if (!facts.model.empty() && summary_.model.empty()) summary_.model = facts.model;
    if (facts.fault) summary_.fault = to_string(facts.fault->kind);
  }

  SseReader sse_{1 << 22};
  std::unique_ptr<StreamReader> reader_;
  bool full_;
  StreamSummary summary_;
  AnswerFold fold_;
};

TEST_F(OpenaiCorpus, streams_give_the_same_facts_however_they_are_cut) {
  Tally tally, folds, rewritten;
  std::mt19937 dice(7);
  int no_done = 0, no_usage = 0, faults = 0, malformed = 0, boundaries = 0;
  for (const std::string_view provider : corpus::compatible) {
    const Provider where = corpus::provider_of(provider);
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || !exchange.stream || exchange.status != 200) return;
      const std::string_view body = exchange.answer;
      StreamTest whole(openai, reader, where, true);
      whole.feed(body);
      const Reading full = whole.finish();

      StreamTest bytewise(openai, reader, where, false);
      for (std::size_t i = 0; i < body.size(); ++i) bytewise.feed(body.substr(i, 1));
      tally.add(bytewise.finish().summary == full.summary, "byte by byte", exchange.id);
      StreamTest random(openai, reader, where, false);
      for (std::size_t at = 0; at < body.size();) {
        const std::size_t length = 1 + dice() % 300;
        random.feed(body.substr(at, length));
        at += length;
      }
      tally.add(random.finish().summary == full.summary, "random", exchange.id);
      StreamTest recorded(openai, reader, where, false);
      std::size_t at = 0;
      for (const std::size_t length : exchange.read_lengths) {
        if (at >= body.size()) break;
        recorded.feed(body.substr(at, length));
        at += length;
      }
      if (at < body.size()) recorded.feed(body.substr(at));
      boundaries += !exchange.read_lengths.empty();
      tally.add(recorded.finish().summary == full.summary, "recorded boundaries", exchange.id);

      const StreamSummary& seen = full.summary;
      no_done += seen.done == 0;
      no_usage += seen.usage.source == UsageSource::none;
      faults += !seen.fault.empty();
      malformed += seen.malformed;
      if (!seen.fault.empty()) return;
      const FinishReason last =
          full.answer.choices.empty() ? FinishReason::none : full.answer.choices.back().finish;
      bool finish_agrees = seen.finish == FinishReason::none;
      for (const Choice& choice : full.answer.choices)
        finish_agrees |= choice.finish == seen.finish;
      folds.add(full.answer.usage == seen.usage && full.answer.model == seen.model && finish_agrees,
                "fold " + std::string(to_string(last)), exchange.id);

      // Write it as a stream of ours, read that, and compare what it spells.
      Ask ask;
      ask.client_wants_usage = true;
      auto writer = openai.open_writer(ask);
      std::string ours;
      StreamTest again(openai, reader, corpus::provider_of("openai"), true);
      {
        SseReader sse(1 << 22);
        auto source = openai.open_reader(reader, where);
        sse.feed(body);
        SseEvent event;
        while (sse.next(event).value_or(false)) {
          std::vector<Delta> deltas;
          source->read(event, &deltas);
          for (const Delta& delta : deltas) writer->write(delta, ours);
        }
        if (sse.finish(event).value_or(false)) {
          std::vector<Delta> deltas;
          source->read(event, &deltas);
          for (const Delta& delta : deltas) writer->write(delta, ours);
        }
        writer->finish(ours);
      }
      again.feed(ours);
      Reading second = again.finish();
      std::string cause;
      const auto spelled = [](const Answer& answer) {
        std::string out;
        for (const Choice& choice : answer.choices) {
          std::string thoughts;
          out += "#" + std::to_string(choice.index) + text_of(choice.parts);
          for (const Part& part : choice.parts) {
            if (const auto* call = std::get_if<ToolCall>(&part.body)) {
              out += "|" + call->id + "|" + call->name + "|" + call->arguments;
            }
            if (const auto* thought = std::get_if<Reasoning>(&part.body)) thoughts += thought->text;
            if (const auto* no = std::get_if<Declined>(&part.body)) out += "!" + no->text;
          }
          out += "~" + thoughts + choice.logprobs;
        }
        return out;
      };
      const std::string a = spelled(full.answer), b = spelled(second.answer);
      if (a != b) cause = "text";
      if (full.answer.usage != second.answer.usage) cause += " usage";
      rewritten.add(cause.empty(), cause, exchange.id);
    });
  }
  tally.print("streams cut differently");
  folds.print("folded deltas agree with facts");
  rewritten.print("streams written again spell the same");
  std::printf(
      "no [DONE]: %d, no usage: %d, faults: %d, malformed events: %d, recorded boundaries: %d\n",
      no_done, no_usage, faults, malformed, boundaries);
  EXPECT_GE(tally.percent(), 100.0);
  EXPECT_GE(folds.percent(), 100.0);
  EXPECT_GE(rewritten.percent(), 100.0);
}

FaultKind kind_of(const std::string& label) {
  static const std::map<std::string, FaultKind> kinds{
      {"auth", FaultKind::auth},
      {"permission", FaultKind::permission},
      {"model_not_found", FaultKind::model_gone},
      {"context_length", FaultKind::context_window},
      {"rate_limit_request_too_large", FaultKind::context_window},
      {"content_filter", FaultKind::content_filter},
      {"rate_limit", FaultKind::rate_limit},
      {"quota_exhausted", FaultKind::quota},
      {"overloaded", FaultKind::overloaded},
      {"server_error", FaultKind::outage},
      {"timeout", FaultKind::timeout},
      {"tool_validation", FaultKind::invalid_output},
      {"payload_too_large", FaultKind::too_large},
      {"unsupported_param", FaultKind::bad_request},
      {"unsupported", FaultKind::bad_request},
      {"invalid_request", FaultKind::bad_request},
  };
  const auto found = kinds.find(label);
  return found == kinds.end() ? FaultKind::internal : found->second;
}

TEST_F(OpenaiCorpus, errors_are_classified_as_labelled) {
  const std::set<std::string_view> ours(corpus::compatible.begin(), corpus::compatible.end());
  Tally compatible, others;
  for (const char* file : {"errors/errors.open.jsonl", "errors/errors.documented.jsonl"}) {
    corpus::for_each(file, true, [&](const corpus::Exchange& exchange) {
      // Events of streams are read by stream readers.
      const bool event =
          exchange.answer.starts_with("event:") || exchange.answer.starts_with("data:");
      if (exchange.answer.empty() || event) return;
      Headers headers;
      for (const auto& [name, value] : exchange.headers) headers.add({name, value});
      std::string body = exchange.answer;
      const Fault fault = openai.read_fault(reader, exchange.status, headers, body, 0);
      const bool right = fault.kind == kind_of(exchange.label);
      (ours.contains(exchange.provider) ? compatible : others)
          .add(right,
               exchange.provider + " " + exchange.label + " as " +
                   std::string(to_string(fault.kind)) + ": " + fault.message.substr(0, 90),
               exchange.id);
      EXPECT_LE(fault.message.size(), 2048u);
    });
  }
  compatible.print("errors of OpenAI-compatible providers");
  others.print("errors of other providers");
  test::measured("labelled errors", "OpenAI and its relatives", compatible.good, compatible.all);
  test::measured("labelled errors", "all others, read as if OpenAI's", others.good, others.all);
  EXPECT_GE(compatible.percent(), 98.0);
  EXPECT_GE(others.percent(), 90.0);
}

}  // namespace
}  // namespace wye
