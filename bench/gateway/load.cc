// bench_load: an HTTP/1.1 load generator that believes nothing. Every answer must have status 200,
// end where its framing says, hold the text the mock upstream was told to send and the number of
// its own request; every stream must run in order to [DONE]. One thread, one epoll loop.
//   --mode closed   N connections, each sends its next request when its answer is complete
//   --mode open     a fixed rate; latency counts from the moment a request was due, not from when a
//                   connection was free for it
//   --mode hold     opens N streams, prints READY when each has had 2 events, and keeps them until
//                   its standard input ends
// With --stream 1 the requests ask for SSE, and the latency is that of the first event.
// CPU of the processes in --watch is read at the edges of the very window that is counted.
#include <sys/epoll.h>
#include <sys/prctl.h>

#include <deque>
#include <memory>
#include <queue>
#include <vector>

#include "chat_text.h"
#include "cpu_watch.h"
#include "plumbing.h"
#include "response_reader.h"
#include "stream_check.h"
#include "tally.h"

namespace bench {
namespace {

constexpr int64_t kTimeoutNs = 10 * kSecondNs;  // an answer that makes no progress for so long
constexpr int64_t kReopenNs = kSecondNs / 100;  // pause before a failed connection is tried again
constexpr int64_t kSweepNs = kSecondNs / 10;

struct Plan {
  int port = 0;
  std::string mode, model, key;
  bool stream = false;
  size_t connections = 32, body_bytes = 2048, answer_bytes = 600;
  uint64_t events = 200;  // content chunks expected in each stream
  double rate = 0, warm_s = 0.3, window_s = 1, ramp_s = 0;
};

enum class Phase {
  warm,
  window,
  drain
};
enum class Step {
  closed,
  connecting,
  idle,
  sending,
  reading
};

struct Connection {
  int fd = -1;
  Step step = Step::closed;
  std::string request;
  size_t sent_bytes = 0;
  char number[kNumberDigits];
  ResponseReader reader;
  std::string body;  // of a JSON answer, or of any that is not 200
  StreamCheck check;
  int64_t due_ns = 0;  // when the running request should have been sent
  int64_t progress_ns = 0;
  bool got_first = false;
};

struct Start {  // a connection to open, or to put to work, at a later time
  int64_t at_ns;
  size_t index;
  bool operator<(const Start& other) const { return at_ns > other.at_ns; }
};

class Load {
 public:
  Load(Plan plan, std::vector<Watch> watches)
      : plan_(std::move(plan)),
        watches_(std::move(watches)),
        request_(
            make_chat_request(plan_.body_bytes, plan_.stream, plan_.model, plan_.key, plan_.port)),
        connections_(plan_.connections) {
    content_ = "\"" + answer_content(plan_.answer_bytes) + "\"";
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (Connection& c : connections_) c.request = request_.text;
    tally_.latencies_ns.reserve(1 << 20);
  }

  void run() {
    int64_t begin = now_ns();
    for (size_t i = 0; i < connections_.size(); ++i)
      starts_.push({begin + static_cast<int64_t>(plan_.ramp_s * kSecondNs * static_cast<double>(i) /
                                                 static_cast<double>(connections_.size())),
                    i});
    window_start_ns_ = begin + static_cast<int64_t>((plan_.ramp_s + plan_.warm_s) * kSecondNs);
    window_end_ns_ = window_start_ns_ + static_cast<int64_t>(plan_.window_s * kSecondNs);
    // The fixed rate starts only once its connections had time to open.
    next_due_ns_ = begin + static_cast<int64_t>((plan_.ramp_s + 0.05) * kSecondNs);
    if (plan_.mode == "hold")
      hold();
    else
      measure();
    print_tally(tally_, watches_, plan_.stream ? "first_event" : "answer");
  }

 private:
  void measure() {
    phase_ = Phase::warm;
    while (true) {
      int64_t now = now_ns();
      if (phase_ == Phase::warm && now >= window_start_ns_) open_window();
      if (phase_ == Phase::window && now >= window_end_ns_) close_window();
      if (phase_ == Phase::drain && (all_answered() || now >= window_end_ns_ + kTimeoutNs)) break;
      int64_t next = phase_ == Phase::warm ? window_start_ns_ : window_end_ns_ + kTimeoutNs;
      if (phase_ == Phase::window) next = window_end_ns_;
      step(next);
    }
    for (Connection& c : connections_)
      if (busy(c)) tally_.error(Trouble::timeout, "unfinished at the end: " + c.check.story());
  }

  void hold() {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kStandardInput;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    bool ready = false;
    int64_t give_up_ns = now_ns() + static_cast<int64_t>(plan_.ramp_s * kSecondNs) + 2 * kTimeoutNs;
    while (!input_ended_) {
      step(now_ns() + kSweepNs);
      size_t running = 0;
      for (const Connection& c : connections_) running += c.check.events() >= 2 && busy(c);
      if (ready || (running < connections_.size() && now_ns() < give_up_ns)) continue;
      ready = true;
      std::printf("READY %zu\n", running);
      std::fflush(stdout);
    }
    tally_.completed = 0;  // from here on: streams that were still whole and open at the end
    for (const Connection& c : connections_) {
      if (c.check.wrong())
        tally_.error(Trouble::wrong_body, c.check.story());
      else if (busy(c) && c.check.events() >= 2)
        ++tally_.completed;
      else
        tally_.error(Trouble::short_answer, "stream was not open at the end");
    }
  }

  void open_window() {
    phase_ = Phase::window;
    for (Watch& w : watches_) w.start = read_cpu_times(w.pids);
    window_opened_ns_ = now_ns();
    window_base_ = tally_;
  }

  void close_window() {
    phase_ = Phase::drain;
    tally_.window_ns = now_ns() - window_opened_ns_;
    for (Watch& w : watches_) w.end = read_cpu_times(w.pids);
    tally_.window_completed = tally_.completed - window_base_.completed;
    tally_.window_events = tally_.events - window_base_.events;
  }

  // Waits for sockets or for the next thing that is due, and handles all of it.
  void step(int64_t until_ns) {
    int64_t now = now_ns();
    if (!starts_.empty()) until_ns = std::min(until_ns, starts_.top().at_ns);
    if (open_rate()) until_ns = std::min(until_ns, next_due_ns_);
    until_ns = std::min(until_ns, next_sweep_ns_);
    int64_t left_ns = std::max<int64_t>(0, until_ns - now);
    timespec wait{left_ns / kSecondNs, left_ns % kSecondNs};
    int count = epoll_pwait2(epoll_, ready_, 512, &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      if (ready_[i].data.u64 == kStandardInput)
        input_ended_ = true;
      else
        handle(connections_[ready_[i].data.u64], ready_[i].events);
    }
    now = now_ns();
    while (!starts_.empty() && starts_.top().at_ns <= now) {
      size_t index = starts_.top().index;
      starts_.pop();
      open(index);
    }
    for (; open_rate() && next_due_ns_ <= now; next_due_ns_ += period_ns())
      waiting_.push_back(next_due_ns_);
    serve_waiting();
    if (now >= next_sweep_ns_) sweep(now);
  }

  bool all_answered() const { return running_ == 0 && waiting_.empty(); }
  bool open_rate() const { return plan_.mode == "open" && phase_ != Phase::drain; }
  int64_t period_ns() const { return static_cast<int64_t>(kSecondNs / plan_.rate); }
  static bool busy(const Connection& c) {
    return c.step == Step::sending || c.step == Step::reading;
  }
  size_t index_of(const Connection& c) const {
    return static_cast<size_t>(&c - connections_.data());
  }

  void open(size_t index) {
    Connection& c = connections_[index];
    c.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c.fd < 0) fail("socket");
    set_no_delay(c.fd);
    sockaddr_in address = loopback(plan_.port);
    if (connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
      return lose(c, Trouble::connect, std::strerror(errno));
    c.step = Step::connecting;
    c.progress_ns = now_ns();
    watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
  }

  void watch(Connection& c, uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index_of(c);
    epoll_ctl(epoll_, operation, c.fd, &event);
  }

  // Drops a connection that failed and plans a new one a little later.
  void lose(Connection& c, Trouble trouble, const std::string& what) {
    tally_.error(trouble, what);
    reopen(c);
  }

  void reopen(Connection& c) {
    if (busy(c)) --running_;
    if (c.fd >= 0) close(c.fd);
    c.fd = -1;
    c.step = Step::closed;
    ++tally_.reconnects;
    if (phase_ != Phase::drain) starts_.push({now_ns() + kReopenNs, index_of(c)});
  }

  void handle(Connection& c, uint32_t events) {
    if (c.fd < 0) return;
    if (c.step == Step::connecting) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error) return lose(c, Trouble::connect, std::strerror(error));
      watch(c, EPOLLIN, EPOLL_CTL_MOD);
      return become_idle(c);
    }
    if ((events & EPOLLOUT) && c.step == Step::sending) send_rest(c);
    if (c.fd >= 0 && (events & ~EPOLLOUT)) receive(c);
  }

  void become_idle(Connection& c) {
    c.step = Step::idle;
    if (plan_.mode == "open")
      idle_.push_back(index_of(c));
    else if (phase_ != Phase::drain)
      begin_request(c, now_ns());
  }

  void serve_waiting() {
    while (!waiting_.empty() && !idle_.empty()) {
      Connection& c = connections_[idle_.front()];
      idle_.pop_front();
      if (c.step != Step::idle) continue;
      begin_request(c, waiting_.front());
      waiting_.pop_front();
    }
  }

  void begin_request(Connection& c, int64_t due_ns) {
    put_digits(c.number, kNumberDigits, ++last_number_);
    std::memcpy(c.request.data() + request_.number_offset, c.number, kNumberDigits);
    c.reader.reset();
    c.check.reset();
    c.body.clear();
    c.sent_bytes = 0;
    c.got_first = false;
    c.due_ns = due_ns;
    c.progress_ns = due_ns;
    c.step = Step::sending;
    ++running_;
    send_rest(c);
  }

  void send_rest(Connection& c) {
    bool had_to_wait = c.sent_bytes > 0;
    ssize_t sent =
        send(c.fd, c.request.data() + c.sent_bytes, c.request.size() - c.sent_bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return lose(c, Trouble::short_answer, "send failed");
    c.sent_bytes += static_cast<size_t>(std::max<ssize_t>(sent, 0));
    bool all = c.sent_bytes == c.request.size();
    if (all) c.step = Step::reading;
    if (all && had_to_wait) watch(c, EPOLLIN, EPOLL_CTL_MOD);
    if (!all && !had_to_wait) watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }

  void receive(Connection& c) {
    ssize_t got = recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      if (c.step == Step::idle) return reopen(c);  // a server may close what is not in use
      if (got == 0 && c.reader.until_close()) return finish(c);
      return lose(c, Trouble::short_answer, "closed before the end: " + c.check.story());
    }
    c.progress_ns = now_ns();
    c.reader.feed({buffer_.data(), static_cast<size_t>(got)}, [&](std::string_view bytes) {
      if (plan_.stream && c.reader.status() == 200)
        take_events(c, bytes);
      else
        c.body.append(bytes);
    });
    if (c.reader.broken() || c.step == Step::idle)
      return lose(c, Trouble::wrong_body, "bad HTTP framing");
    if (c.reader.done()) finish(c);
  }

  void take_events(Connection& c, std::string_view bytes) {
    uint64_t events = c.check.feed(bytes, c.number);
    tally_.events += events;
    if (events && !c.got_first) {
      c.got_first = true;
      sample_latency(c);
    }
  }

  void sample_latency(const Connection& c) {
    if (c.due_ns >= window_start_ns_ && c.due_ns < window_end_ns_)
      tally_.latencies_ns.push_back(c.progress_ns - c.due_ns);
  }

  void finish(Connection& c) {
    verify(c);
    // A server that answers before it has the whole request (to refuse it) cannot be used again.
    bool keep = c.reader.keep_alive() && !c.reader.until_close() && c.step == Step::reading;
    if (!keep) return reopen(c);
    --running_;
    become_idle(c);
  }

  void verify(Connection& c) {
    if (c.reader.status() != 200)
      return tally_.error(Trouble::status,
                          std::to_string(c.reader.status()) + " " + c.body.substr(0, 300));
    if (plan_.stream) {
      if (!c.check.whole(plan_.events)) return tally_.error(Trouble::wrong_body, c.check.story());
      tally_.echo_missing += c.check.echo_missing();
    } else {
      if (!right_answer(c)) return tally_.error(Trouble::wrong_body, c.body.substr(0, 300));
      sample_latency(c);
    }
    ++tally_.completed;
  }

  bool right_answer(const Connection& c) {
    const std::string& body = c.body;
    if (body.size() < 2 || body.front() != '{' || body.back() != '}') return false;
    // The content stands at the same place in nearly every answer, so look there first.
    if (body.compare(content_offset_, content_.size(), content_) != 0) {
      content_offset_ = body.find(content_);
      if (content_offset_ == std::string::npos) {
        content_offset_ = 0;
        return false;
      }
    }
    size_t echo = body.find(kEchoMark);
    if (echo == std::string::npos)
      ++tally_.echo_missing;
    else if (body.compare(echo + sizeof kEchoMark - 1, kNumberDigits, c.number, kNumberDigits) != 0)
      return false;
    return body.find("\"total_tokens\"") != std::string::npos;
  }

  void sweep(int64_t now) {
    next_sweep_ns_ = now + kSweepNs;
    for (Connection& c : connections_)
      if ((busy(c) || c.step == Step::connecting) && now - c.progress_ns > kTimeoutNs)
        lose(c, Trouble::timeout, "no progress for 10 s: " + c.check.story());
  }

  static constexpr uint64_t kStandardInput = ~0ull;

  Plan plan_;
  std::vector<Watch> watches_;
  ChatRequest request_;
  std::vector<Connection> connections_;
  std::string content_;
  size_t content_offset_ = 0;
  Tally tally_, window_base_;
  Phase phase_ = Phase::warm;
  int epoll_ = -1;
  epoll_event ready_[512];
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::priority_queue<Start> starts_;
  std::deque<size_t> idle_;      // free connections, for the open loop
  std::deque<int64_t> waiting_;  // due times of requests that no connection was free for
  uint64_t last_number_ = 0;
  size_t running_ = 0;
  bool input_ended_ = false;
  int64_t window_start_ns_ = 0, window_end_ns_ = 0, window_opened_ns_ = 0;
  int64_t next_due_ns_ = 0, next_sweep_ns_ = 0;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options(argc, argv);
  bench::Plan plan;
  plan.port = static_cast<int>(options.number("port", 0));
  plan.mode = options.text("mode", "closed");
  plan.model = options.text("model", "task/bench");
  plan.key = options.text("key", "bench-key");
  plan.stream = options.number("stream", 0) != 0 || plan.mode == "hold";
  plan.connections = static_cast<size_t>(options.number("connections", 32));
  plan.body_bytes = static_cast<size_t>(options.number("body-bytes", 2048));
  plan.answer_bytes = static_cast<size_t>(options.number("answer-bytes", 600));
  plan.events = static_cast<uint64_t>(options.number("events", 200));
  plan.rate = options.number("rate", 0);
  plan.warm_s = options.number("warm-s", 0.3);
  plan.window_s = options.number("window-s", 1);
  plan.ramp_s = options.number("ramp-s", 0);
  std::vector<bench::Watch> watches = bench::parse_watches(options.text("watch", ""));
  watches.push_back({"load", {getpid()}, {}, {}});  // tells whether the load itself was the limit
  options.done();
  if (!plan.port)
    bench::fail("usage: bench_load --port N --mode closed|open|hold [--stream 1] ...");
  if (plan.mode != "closed" && plan.mode != "open" && plan.mode != "hold")
    bench::fail("--mode is closed, open or hold");
  if (plan.mode == "open" && plan.rate <= 0) bench::fail("--mode open wants --rate N a second");
  bench::raise_file_limit();
  prctl(PR_SET_TIMERSLACK, 1);  // the default of 50 us would be measured as latency
  bench::Load(std::move(plan), std::move(watches)).run();
}
