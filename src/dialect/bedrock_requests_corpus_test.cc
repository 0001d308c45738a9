// Requests of OpenAI clients for Bedrock, against AWS's own description of the service and against
// translations that were captured.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/test_measured.h"
#include "dialect/test_bedrock_corpus.h"
#include "dialect/test_bedrock_model.h"

namespace wye {
namespace {

using namespace bedrock_corpus;

class BedrockRequestsCorpus : public BedrockCorpus {};

std::string joined(const ProviderRequest& request) {
  std::string out;
  for (const std::string_view piece : request.body) out += piece;
  EXPECT_EQ(out.size(), request.body_bytes);
  return out;
}

// All words of a conversation: what a request says must be what its content says.
std::string words_of(const Dom& request) {
  std::string system, talk;
  // Words that stand where Converse wants some and the client has none.
  static const std::set<std::string> ours{"Continue.", "See the document.", "no output"};
  const auto add = [](const Dom& block, std::string& out) {
    if (!ours.contains(text_at(block, "/text"))) out += text_at(block, "/text");
    simdjson::dom::array inner;
    if (block.at_pointer("/toolResult/content").get(inner) == simdjson::SUCCESS) {
      for (const Dom each : inner) {
        if (!ours.contains(text_at(each, "/text"))) out += text_at(each, "/text");
      }
    }
    if (!has(block, "/toolUse")) return;
    const std::string input = simdjson::minify(block.at_pointer("/toolUse/input").value_unsafe());
    out += text_at(block, "/toolUse/name") + input;
  };
  simdjson::dom::array list;
  if (request["system"].get(list) == simdjson::SUCCESS) {
    for (const Dom block : list) add(block, system);
  }
  for (const Dom turn : bedrock_check::elements(request["messages"].value_unsafe())) {
    for (const Dom block : bedrock_check::elements(turn["content"].value_unsafe()))
      add(block, talk);
  }
  return system + "\n" + talk;
}

void add_words(const std::vector<Part>& parts, std::string& out) {
  for (const Part& part : parts) {
    std::string text;
    if (const auto* plain = std::get_if<Text>(&part.body)) text = plain->text;
    if (const auto* no = std::get_if<Declined>(&part.body)) text = no->text;
    if (text.find_first_not_of(" \t\r\n") != std::string::npos) out += text;
    if (const auto* result = std::get_if<ToolResult>(&part.body)) add_words(result->parts, out);
    if (const auto* call = std::get_if<ToolCall>(&part.body)) {
      out += call->name + minified(call->arguments);
    }
  }
}
std::string words_of(const Content& content) {
  std::string system, talk;
  for (const Message& message : content.messages) {
    const bool is_system = message.role == Role::system || message.role == Role::developer;
    add_words(message.parts, is_system ? system : talk);
  }
  return system + "\n" + talk;
}

TEST_F(BedrockRequestsCorpus, requests_of_openai_clients_become_valid_requests) {
  simdjson::dom::parser parser, other;
  Dom service;
  const auto file = corpus::folder() / "bedrock-endpoints/open/service-2.json";
  ASSERT_EQ(parser.load(file.string()).get(service), simdjson::SUCCESS);
  const bedrock_check::Shapes shapes(service);
  Tally refused, valid, kept;
  std::map<std::string, int> dropped;
  for (const std::string_view provider : corpus::compatible) {
    corpus::for_each_exchange(provider, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200 || exchange.request.empty()) return;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, exchange.request);
      if (!ask) return;
      const auto content = openai.read_content(reader, *ask);
      for (const char* model : {"us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                                "amazon.nova-pro-v1:0", "us.anthropic.claude-opus-5"}) {
        Deployment deployment;
        deployment.model = model;
        const auto request = bedrock::write_ask(*content, *ask, deployment, {});
        if (!request) {
          refused.add(request.error().param.substr(0, 8) == "messages"
                          ? request.error().message.substr(request.error().message.find('.') + 1)
                          : request.error().message,
                      exchange.id);
          EXPECT_EQ(request.error().code, "unsupported_parameter");
          continue;
        }
        refused.add("", "");
        for (const std::string& each : request->dropped) ++dropped[each];
        Dom written;
        if (other.parse(joined(*request)).get(written) != simdjson::SUCCESS) {
          valid.add("no JSON", exchange.id);
          continue;
        }
        std::string wrong = shapes.check("ConverseRequest", written);
        if (wrong.empty()) wrong = bedrock_check::Rules().check(written);
        valid.add(wrong.substr(0, 100), exchange.id);
        kept.add(words_of(written) == words_of(*content) ? "" : "words", exchange.id);
      }
    });
  }
  refused.print("requests that Bedrock can be asked");
  valid.print("requests that the service's description allows");
  kept.print("requests that keep every word");
  for (const auto& [name, count] : dropped) std::printf("  dropped %4d  %s\n", count, name.c_str());
  EXPECT_GE(valid.percent(), 99.9);
  EXPECT_GE(kept.percent(), 99.9);
}

// Compares two requests leaf by leaf. What assistants said, and the ids of their calls, differ from
// capture to capture, so that of those only the place counts.
class Fields {
 public:
  std::string compare(const Dom& theirs, const Dom& ours) {
    first_.clear();
    walk(theirs, ours, "", false);
    return first_;
  }
  int all = 0, same = 0;

 private:
  void walk(const Dom& theirs, const Dom& ours, const std::string& path, bool assistant) {
    if (theirs.is_object() && ours.is_object()) {
      const bool said = assistant || text_at(theirs, "/role") == "assistant";
      for (const auto field : bedrock_check::members(theirs)) {
        Dom other;
        const std::string inner = path + "." + std::string(field.key);
        if (ours[field.key].get(other) != simdjson::SUCCESS) {
          leaf(false, inner + " lost");
        } else {
          walk(field.value, other, inner, said);
        }
      }
      for (const auto field : bedrock_check::members(ours)) {
        if (theirs[field.key].error() == simdjson::SUCCESS) continue;
        leaf(false, path + "." + std::string(field.key) + " added");
      }
    } else if (theirs.is_array() && ours.is_array()) {
      const auto a = bedrock_check::elements(theirs), b = bedrock_check::elements(ours);
      if (a.size() != b.size()) return leaf(false, path + " length");
      for (std::size_t i = 0; i < a.size(); ++i) {
        walk(a.at(i).value_unsafe(), b.at(i).value_unsafe(), path + "[]", assistant);
      }
    } else {
      const bool free = path.ends_with(".toolUseId") || (assistant && path.ends_with(".text"));
      leaf(free || simdjson::minify(theirs) == simdjson::minify(ours), path);
    }
  }

  void leaf(bool equal, const std::string& path) {
    ++all;
    same += equal;
    if (!equal && first_.empty()) first_ = path;
  }

  std::string first_;
};

TEST_F(BedrockRequestsCorpus, translations_are_those_that_were_captured) {
  const std::string image_by_address =
      "fault: messages[0].image is given by an address, and Bedrock fetches none but s3://";
  // A captured request gives a member of the answer back that no request needs.
  const std::string echo = ".messages[].content[].toolUse.type lost";
  Tally tally;
  Fields fields;
  for (const auto& folder : std::filesystem::directory_iterator(corpus::folder() / "lingua/open")) {
    for (const char* name : {"request.json", "followup-request.json"}) {
      const auto theirs = folder.path() / "bedrock" / name;
      const auto source = folder.path() / "chat-completions" / name;
      if (!std::filesystem::exists(theirs) || !std::filesystem::exists(source)) continue;
      simdjson::dom::parser first, second;
      Dom expected, asked;
      ASSERT_EQ(first.load(theirs.string()).get(expected), simdjson::SUCCESS);
      ASSERT_EQ(second.load(source.string()).get(asked), simdjson::SUCCESS);
      const std::string id = folder.path().filename().string() + "/" + name;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, simdjson::minify(asked));
      ASSERT_TRUE(ask.has_value()) << id;
      const auto content = openai.read_content(reader, *ask);
      Deployment deployment;
      deployment.model = text_at(expected, "/modelId");
      const auto request = bedrock::write_ask(*content, *ask, deployment, {});
      if (!request) {
        tally.add("fault: " + request.error().message, id);
        continue;
      }
      // The model stands in the path.
      std::string ours = joined(*request);
      ours.replace(0, 1, "{\"modelId\":\"" + deployment.model + "\",");
      simdjson::dom::parser third;
      Dom made;
      ASSERT_EQ(third.parse(ours).get(made), simdjson::SUCCESS);
      tally.add(fields.compare(expected, made), id);
    }
  }
  tally.print("translations");
  std::printf("  field by field: %d of %d\n", fields.same, fields.all);
  test::measured("requests as captured, fields", "OpenAI to Bedrock", fields.same, fields.all);
  // Bedrock takes images as bytes only, so that one capture has fetched what is an address here.
  EXPECT_EQ(tally.bad.size(), tally.bad.count(image_by_address) + tally.bad.count(echo));
  EXPECT_GE(100.0 * fields.same / fields.all, 98.0);
}

}  // namespace
}  // namespace wye
