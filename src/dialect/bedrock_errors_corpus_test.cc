// Recorded errors of Bedrock against their labels.
#include <gtest/gtest.h>

#include <map>

#include "base/test_measured.h"
#include "dialect/test_bedrock_corpus.h"

namespace wye {
namespace {

using namespace bedrock_corpus;

class BedrockErrorsCorpus : public BedrockCorpus {};

TEST_F(BedrockErrorsCorpus, errors_are_classified_as_labelled) {
  static const std::map<std::string, FaultKind> kinds{
      {"auth", FaultKind::auth},
      {"permission", FaultKind::permission},
      {"model_not_found", FaultKind::model_gone},
      {"rate_limit", FaultKind::rate_limit},
      {"quota_exhausted", FaultKind::quota},
      {"unsupported_param", FaultKind::bad_request},
      {"invalid_request", FaultKind::bad_request},
  };
  Tally tally;
  simdjson::dom::parser parser;
  for (const char* file : {"errors/errors.open.jsonl", "errors/errors.documented.jsonl"}) {
    std::ifstream in(corpus::folder() / file);
    for (std::string line; std::getline(in, line);) {
      Dom root;
      if (parser.parse(line).get(root) != simdjson::SUCCESS) continue;
      const corpus::Exchange exchange = corpus::exchange_of(root, true);
      if (exchange.provider != "bedrock") continue;
      std::string body = exchange.answer;
      Headers headers;
      for (const auto& [name, value] : exchange.headers) headers.add({name, value});
      const Fault fault = bedrock::read_fault(reader, exchange.status, headers, body, 0);
      const auto label = kinds.find(exchange.label);
      ASSERT_NE(label, kinds.end()) << exchange.label;
      tally.add(fault.kind == label->second
                    ? ""
                    : exchange.label + " as " + std::string(to_string(fault.kind)),
                fault.message);
    }
  }
  tally.print("labelled errors");
  test::measured("labelled errors", "Bedrock", tally.good, tally.all);
  EXPECT_EQ(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
