// Test provider sim, for tests only: a simulated provider in the simulated world, asked through the
// real HTTP server and client. One test owns it; it lives on the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "io/http_client.h"
#include "io/sim_world.h"
#include "lab/provider_sim.h"
#include "lab/sim_dom.h"
#include "wire/sse.h"

namespace wye {

struct SimReply {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  std::optional<Fault> fault;  // of the head, or of the body after its beginning
  int split_characters = 0;    // reads that ended inside one
  MonoUs head_us = 0;          // when the head was there
  MonoUs end_us = 0;

  // Views into `headers`.
  Headers lines() const {
    Headers all;
    for (const auto& [name, value] : headers) all.add({name, value});
    return all;
  }
};

class ProviderSimTest : public ::testing::Test {
 public:
  explicit ProviderSimTest(std::string_view config = "{}") { open(config); }
  ~ProviderSimTest() override {
    client_->close_idle();
    universe_.wind_down();
  }

  void open(std::string_view config) {
    auto parsed = parse_sim_config(config);
    ASSERT_TRUE(parsed) << parsed.error().message;
    provider_ = std::make_unique<ProviderSim>(provider_world_, *parsed);
    provider_world_.stop_listening();
    provider_world_.listen(443,
                           [this](std::unique_ptr<Stream> s) { provider_->serve(std::move(s)); });
    client_ = make_http_client(client_world_);
  }

  Async<void> exchange(std::string method, std::string path, std::string body,
                       std::string head_lines, DurationMs patience_ms, SimReply& answer,
                       bool& done) {
    std::string head;
    write_request_line(head, method, path);
    head += "host: provider\r\ncontent-type: application/json\r\n" + head_lines;
    write_header(head, "content-length", body.size());
    head += "\r\n";
    const std::string_view pieces[] = {body};
    const MonoUs deadline = universe_.now() + patience_ms * 1'000;
    const Peer peer{.host = "provider", .port = 443, .tls = false, .ca_file = {}};
    auto call = co_await client_->send(peer, head, pieces, deadline, deadline);
    if (!call)
      answer.fault = call.error();
    else
      co_await receive(**call, deadline, answer);
    answer.end_us = universe_.now();
    done = true;
  }

  Async<void> receive(HttpCall& call, MonoUs deadline, SimReply& answer) {
    auto head = co_await call.read_head(deadline);
    if (!head) {
      answer.fault = head.error();
      co_return;
    }
    answer.head_us = universe_.now();
    answer.status = call.head().status;
    for (const Header& line : call.head().headers.all())
      answer.headers[to_lower(line.name)] = line.value;
    for (;;) {
      auto part = co_await call.read_body(deadline);
      if (!part) answer.fault = part.error();
      if (!part || part->empty()) co_return;
      if ((static_cast<unsigned char>(part->front()) & 0xc0) == 0x80) ++answer.split_characters;
      answer.body += *part;
    }
  }

  SimReply send(std::string method, std::string path, std::string body, std::string head_lines = "",
                DurationMs patience_ms = 30'000) {
    SimReply answer;
    bool done = false;
    start(exchange(std::move(method), std::move(path), std::move(body), std::move(head_lines),
                   patience_ms, answer, done));
    EXPECT_TRUE(universe_.run_until([&] { return done; }));
    return answer;
  }

  // A chat request in OpenAI's format.
  SimReply chat(std::string_view more = "", std::string head_lines = "",
                std::string_view prompt = "") {
    std::string text(prompt.empty() ? "Please compare solar panels and heat pumps" : prompt);
    return send("POST", "/v1/chat/completions",
                R"({"model":"sim-fast","messages":[{"role":"user","content":")" + text + "\"}]" +
                    (more.empty() ? "" : "," + std::string(more)) + "}",
                std::move(head_lines));
  }
  SimReply fault(std::string_view name, bool stream = true) {
    return chat(stream ? R"("stream":true)" : "", "x-sim-fault: " + std::string(name) + "\r\n");
  }

  // Reads `json`, which must be right, and keeps it until the next call.
  dom::Element parse(std::string_view json) {
    dom::Element root;
    EXPECT_EQ(parser_.parse(json.data(), json.size()).get(root), simdjson::SUCCESS) << json;
    return root;
  }
  dom::Element at(const dom::Element& root, std::string_view pointer) {
    dom::Element value;
    EXPECT_EQ(root.at_pointer(pointer).get(value), simdjson::SUCCESS) << pointer;
    return value;
  }
  std::string text_at(const dom::Element& root, std::string_view pointer) {
    return std::string(dom::text(at(root, pointer)).value_or("<not text>"));
  }
  std::int64_t number_at(const dom::Element& root, std::string_view pointer) {
    return dom::integer(at(root, pointer)).value_or(-1);
  }

  // The `data` of each event.
  std::vector<std::string> events_of(const std::string& body) {
    SseReader reader(1 << 20);
    reader.feed(body);
    std::vector<std::string> data;
    SseEvent event;
    for (auto next = reader.next(event); next && *next; next = reader.next(event))
      data.emplace_back(event.data);
    return data;
  }
  // The text of a streamed answer; faults when an event is not JSON.
  std::string streamed_text(const std::string& body) {
    std::string text;
    for (const std::string& data : events_of(body)) {
      if (data == "[DONE]") continue;
      const dom::Element root = parse(data);
      EXPECT_EQ(text_at(root, "/object"), "chat.completion.chunk");
      dom::Element content;
      if (root.at_pointer("/choices/0/delta/content").get(content) == simdjson::SUCCESS)
        text += dom::text(content).value_or("");
    }
    return text;
  }

  SimUniverse universe_{11};
  SimWorld client_world_{universe_, "client"};
  SimWorld provider_world_{universe_, "provider"};
  std::unique_ptr<ProviderSim> provider_;
  std::unique_ptr<HttpClient> client_;
  simdjson::dom::parser parser_;
};

}  // namespace wye
