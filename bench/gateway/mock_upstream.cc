// bench_mock_upstream: an OpenAI-compatible provider that costs a few microseconds a request, so
// that what is measured is the gateway before it. One thread, one epoll loop, 10,000 connections.
//   POST /v1/chat/completions   a chat.completion, or SSE chunks when the body says "stream":true
//   POST /settings?answer_bytes=600&events=200&event_rate=100
//                               changes what is answered from now on; gives the counts so far.
// Settings come by their own request and not by headers of the measured ones, since a gateway need
// not hand on headers it does not know.
#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <vector>

#include "chat_text.h"
#include "plumbing.h"
#include "request_reader.h"

namespace bench {
namespace {

constexpr char kNoNumber[] = "none------";  // what is echoed when a request carries no number

struct Settings {
  size_t body_bytes = 600;    // about; of a JSON answer
  uint64_t events = 200;      // content chunks in a stream
  double event_rate = 100.0;  // content chunks a second in each stream
};

// A message prepared once, with places for the two numbers that differ each time.
struct Template {
  std::string text;
  size_t id_offset = 0;
  size_t echo_offset = 0;
  size_t sequence_offset = 0;
};

constexpr char kCommonHeaders[] =
    "Date: Sat, 01 Nov 2025 12:00:00 GMT\r\n"
    "Server: cloudflare\r\n"
    "Connection: keep-alive\r\n"
    "Access-Control-Expose-Headers: X-Request-ID\r\n"
    "Openai-Organization: bench\r\n"
    "Openai-Processing-Ms: 412\r\n"
    "Openai-Version: 2020-10-01\r\n"
    "X-Request-Id: req_5f1c6c1d2b7e4a0f9d3b8a7c6e5d4f3a\r\n"
    "X-Ratelimit-Remaining-Requests: 9999\r\n"
    "X-Ratelimit-Remaining-Tokens: 149999999\r\n"
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

Template find_places(std::string text) {
  Template result{std::move(text)};
  auto after = [&](const std::string& mark) {
    size_t at = result.text.find(mark);
    return at == std::string::npos ? 0 : at + mark.size();
  };
  result.id_offset = after("chatcmpl-");
  result.echo_offset = after(kEchoMark);
  result.sequence_offset = after(kSequenceMark);
  return result;
}

Template make_answer(size_t body_bytes) {
  std::string text = answer_body(body_bytes);
  return find_places("HTTP/1.1 200 OK\r\n" + std::string(kCommonHeaders) +
                     "Content-Type: application/json\r\nContent-Length: " +
                     std::to_string(text.size()) + "\r\n\r\n" + text);
}

// The same text in the words of Anthropic's Messages API.
std::string make_message(size_t body_bytes) {
  const std::string text =
      R"({"id":"msg_bench","type":"message","role":"assistant","model":"mock-1","content":)"
      R"([{"type":"text","text":")" +
      answer_content(body_bytes) +
      R"("}],"stop_reason":"end_turn","stop_sequence":null,"usage":)"
      R"({"input_tokens":420,"output_tokens":64}})";
  return "HTTP/1.1 200 OK\r\n" + std::string(kCommonHeaders) +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) +
         "\r\n\r\n" + text;
}

// One SSE event as one HTTP chunk.
std::string chunk(const std::string& data) {
  std::string event = "data: " + data + "\n\n";
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", event.size());
  return size + event + "\r\n";
}

Template make_event(const std::string& choices, const std::string& usage) {
  return find_places(
      chunk(R"({"id":"chatcmpl-0000000000","object":"chat.completion.chunk","created":1762000000,)"
            R"("model":"mock-1","system_fingerprint":"fp_0000000000","choices":)" +
            choices + R"(,"usage":)" + usage + "}"));
}

struct StreamTexts {
  std::string head = "HTTP/1.1 200 OK\r\n" + std::string(kCommonHeaders) +
                     "Content-Type: text/event-stream; charset=utf-8\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n";
  Template role = make_event(
      R"([{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}])", "null");
  Template content =
      make_event(R"([{"index":0,"delta":{"content":"#0000000"},"finish_reason":null}])", "null");
  Template finish = make_event(R"([{"index":0,"delta":{},"finish_reason":"stop"}])", "null");
  Template usage =
      make_event("[]", R"({"prompt_tokens":420,"completion_tokens":200,"total_tokens":620})");
  std::string done = chunk("[DONE]");
  std::string end = "0\r\n\r\n";
};

struct Connection {
  int fd = -1;
  std::string in;   // bytes of a request that came in pieces
  std::string out;  // what the socket would not take yet
  RequestReader reader;
  char echo[kNumberDigits];
  uint64_t stream = 0;  // serial of the running stream, 0 for none
  uint64_t sent_events = 0;
  uint64_t id = 0;
};

struct Due {
  int64_t at_ns;
  int fd;
  uint64_t stream;
  bool operator<(const Due& other) const { return at_ns > other.at_ns; }  // earliest on top
};

class Mock {
 public:
  Mock(int port, Settings settings, const std::string& key)
      : settings_(settings),
        answer_(make_answer(settings.body_bytes)),
        message_(make_message(settings.body_bytes)),
        api_key_(key) {
    if (!key.empty()) authorization_ = "Bearer " + key;
    listener_ = listen_on_loopback(port);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  }

  [[noreturn]] void run() {
    std::vector<epoll_event> ready(512);
    for (;;) {
      timespec wait{}, *limit = nullptr;
      if (!dues_.empty()) {
        int64_t left_ns = std::max<int64_t>(0, dues_.top().at_ns - now_ns());
        wait = {left_ns / kSecondNs, left_ns % kSecondNs};
        limit = &wait;
      }
      int count =
          epoll_pwait2(epoll_, ready.data(), static_cast<int>(ready.size()), limit, nullptr);
      for (int i = 0; i < count; ++i) {
        int fd = ready[i].data.fd;
        if (fd == listener_) {
          accept_all();
          continue;
        }
        if (ready[i].events & EPOLLOUT) flush(*connections_[fd]);
        if (ready[i].events & ~EPOLLOUT) receive(*connections_[fd]);
      }
      send_due_events();
    }
  }

 private:
  void watch(int fd, uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      set_no_delay(fd);
      if (connections_.size() <= static_cast<size_t>(fd)) connections_.resize(fd + 1);
      connections_[fd] = std::make_unique<Connection>();
      connections_[fd]->fd = fd;
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  // A closed connection stays in its slot with fd -1 until the slot is used again, so that events
  // of the same batch and dues of its stream find something to look at.
  void close_connection(Connection& c) {
    if (c.fd < 0) return;
    if (c.stream) ++aborted_streams_;
    close(c.fd);
    c.fd = -1;
    c.stream = 0;
  }

  void receive(Connection& c) {
    if (c.fd < 0) return;
    ssize_t got = recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return close_connection(c);
    std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
    if (!c.in.empty()) bytes = c.in.append(bytes);
    Request request;
    ReadState state = ReadState::more;
    while (!bytes.empty() && !c.stream &&
           (state = c.reader.read(bytes, request)) == ReadState::complete) {
      bytes.remove_prefix(request.used_bytes);
      answer(c, request);
      if (c.fd < 0) return;
    }
    if (state == ReadState::broken) return close_connection(c);
    if (bytes.empty())
      c.in.clear();
    else if (bytes.size() != c.in.size())
      c.in = std::string(bytes);
  }

  // Gateways keep a request's small fields at its end or move them to its front; the whole body is
  // searched only when neither has the word.
  static const char* find_word(std::string_view body, std::string_view word) {
    constexpr size_t kEndBytes = 400;
    auto find = [&](std::string_view part) {
      return static_cast<const char*>(memmem(part.data(), part.size(), word.data(), word.size()));
    };
    if (body.size() > 2 * kEndBytes) {
      if (const char* at = find(body.substr(body.size() - kEndBytes))) return at;
      if (const char* at = find(body.substr(0, kEndBytes))) return at;
    }
    return find(body);
  }

  static bool wants_stream(std::string_view body) {
    constexpr std::string_view kWord = "\"stream\"";
    const char* at = find_word(body, kWord);
    if (!at) return false;
    const char* end = body.data() + body.size();
    for (at += kWord.size(); at < end && (*at == ' ' || *at == ':'); ++at) {
    }
    return at < end && *at == 't';
  }

  void answer(Connection& c, const Request& request) {
    if (request.start_line.starts_with("POST /settings")) return change_settings(c, request);
    if (request.start_line.starts_with("POST /v1/messages") && request.api_key == api_key_) {
      ++answers_;
      return send_bytes(c, message_);
    }
    if (!authorization_.empty() && request.authorization != authorization_) {
      ++wrong_keys_;
      return refuse(c, "401 Unauthorized");
    }
    if (!request.start_line.starts_with("POST /v1/chat/completions"))
      return refuse(c, "404 Not Found");
    if (request.body.empty() || request.body.front() != '{' || request.body.back() != '}')
      return refuse(c, "400 Bad Request");
    const char* number = find_word(request.body, kUserMark);
    bool has_number = number && number + sizeof kUserMark - 1 + kNumberDigits <
                                    request.body.data() + request.body.size();
    std::memcpy(c.echo, has_number ? number + sizeof kUserMark - 1 : kNoNumber, kNumberDigits);
    c.id = ++last_id_;
    if (wants_stream(request.body)) return start_stream(c);
    ++answers_;
    send_template(c, answer_);
  }

  void refuse(Connection& c, const std::string& status) {
    const std::string body = R"({"error":{"message":"mock upstream: )" + status + R"("}})";
    send_bytes(c, "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  void change_settings(Connection& c, const Request& request) {
    auto number = [&](const std::string& name, double otherwise) {
      size_t at = request.start_line.find(name + "=");
      if (at == std::string_view::npos) return otherwise;
      return std::strtod(request.start_line.data() + at + name.size() + 1, nullptr);
    };
    settings_.body_bytes =
        static_cast<size_t>(number("answer_bytes", static_cast<double>(settings_.body_bytes)));
    settings_.events =
        static_cast<uint64_t>(number("events", static_cast<double>(settings_.events)));
    settings_.event_rate = number("event_rate", settings_.event_rate);
    answer_ = make_answer(settings_.body_bytes);
    message_ = make_message(settings_.body_bytes);
    const std::string body = "{\"answers\":" + std::to_string(answers_) +
                             ",\"streams\":" + std::to_string(streams_) +
                             ",\"aborted_streams\":" + std::to_string(aborted_streams_) +
                             ",\"wrong_keys\":" + std::to_string(wrong_keys_) +
                             ",\"late_events\":" + std::to_string(late_events_) + "}";
    send_bytes(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  void start_stream(Connection& c) {
    ++streams_;
    c.stream = streams_;
    c.sent_events = 0;
    send_bytes(c, texts_.head);
    send_template(c, texts_.role);
    // The first token follows the role at once: a gateway may hold a stream back until it is there.
    if (c.fd >= 0) dues_.push({now_ns(), c.fd, c.stream});
  }

  int64_t period_ns() const {
    return static_cast<int64_t>(kSecondNs / std::max(settings_.event_rate, 0.001));
  }

  void send_due_events() {
    if (dues_.empty()) return;
    int64_t now = now_ns();
    while (!dues_.empty() && dues_.top().at_ns <= now) {
      Due due = dues_.top();
      dues_.pop();
      Connection& c = *connections_[due.fd];
      if (c.fd < 0 || c.stream != due.stream) continue;
      if (now - due.at_ns > period_ns()) ++late_events_;
      if (!c.out.empty()) {  // the reader is behind: try again later, lose nothing
        dues_.push({now + period_ns(), due.fd, due.stream});
      } else if (c.sent_events < settings_.events) {
        put_digits(texts_.content.text.data() + texts_.content.sequence_offset, kSequenceDigits,
                   c.sent_events++);
        send_template(c, texts_.content);
        dues_.push({due.at_ns + period_ns(), due.fd, due.stream});
      } else {
        end_stream(c);
      }
    }
  }

  void end_stream(Connection& c) {
    c.stream = 0;
    send_template(c, texts_.finish);
    send_template(c, texts_.usage);
    send_bytes(c, texts_.done);
    send_bytes(c, texts_.end);
  }

  void send_template(Connection& c, Template& message) {
    put_digits(message.text.data() + message.id_offset, kNumberDigits, c.id);
    std::memcpy(message.text.data() + message.echo_offset, c.echo, kNumberDigits);
    send_bytes(c, message.text);
  }

  void send_bytes(Connection& c, std::string_view bytes) {
    if (c.fd < 0) return;
    if (c.out.empty()) {
      ssize_t sent = send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return close_connection(c);
      bytes.remove_prefix(static_cast<size_t>(std::max<ssize_t>(sent, 0)));
      if (bytes.empty()) return;
      watch(c.fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }
    c.out.append(bytes);
  }

  void flush(Connection& c) {
    if (c.fd < 0 || c.out.empty()) return;
    ssize_t sent = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return close_connection(c);
    c.out.erase(0, static_cast<size_t>(std::max<ssize_t>(sent, 0)));
    if (c.out.empty()) watch(c.fd, EPOLLIN, EPOLL_CTL_MOD);
  }

  Settings settings_;
  Template answer_;
  std::string message_;
  StreamTexts texts_;
  std::string authorization_;
  std::string api_key_;
  int listener_ = -1, epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;  // by fd
  std::priority_queue<Due> dues_;
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  uint64_t last_id_ = 0, answers_ = 0, streams_ = 0, aborted_streams_ = 0, wrong_keys_ = 0,
           late_events_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options(argc, argv);
  bench::Settings settings;
  int port = static_cast<int>(options.number("port", 0));
  settings.body_bytes = static_cast<size_t>(options.number("answer-bytes", 600));
  settings.events = static_cast<uint64_t>(options.number("events", 200));
  settings.event_rate = options.number("event-rate", 100);
  std::string key = options.text("key", "");  // requests without this key are refused
  options.done();
  if (!port)
    bench::fail(
        "usage: bench_mock_upstream --port N [--key K] [--answer-bytes N]"
        " [--events N] [--event-rate N]");
  bench::raise_file_limit();
  prctl(PR_SET_TIMERSLACK, 1);  // the default of 50 us would blur the pace of events
  bench::Mock(port, settings, key).run();
}
