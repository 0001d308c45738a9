// bench_overload_load: sends requests by a schedule that knows nothing of the answers, as clients
// do that do not know of each other, and tells what became of them. Gaps between requests are
// exponential; latency counts from the moment a request was due. A connection that is free is
// used, or else a new one is opened. One thread, one epoll loop.
//   --rate N         requests a second; 0: as many as --connections answer in a closed loop
//   --models a,b,c   the requests take turns, at random, between these
// An answer counts as good when it is whole, has status 200 and came within --deadline-ms.
#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "chat_text.h"
#include "cpu_watch.h"
#include "plumbing.h"
#include "response_reader.h"
#include "tally.h"

namespace bench {
namespace {

struct Plan {
  int port = 0;
  std::string key;
  std::vector<std::string> models;
  size_t body_bytes = 100 << 10, answer_bytes = 600;
  size_t connections = 64, connections_max = 8000;
  double rate = 0, warm_s = 1, window_s = 3, deadline_s = 1;
};

// What became of the requests for one model that were due within the window.
struct Counts {
  uint64_t due = 0, good = 0, late = 0, shed = 0, wrong = 0;
  std::vector<int64_t> accepted_ns, shed_ns;
};

struct Connection {
  int fd = -1;
  bool connecting = false, busy = false;
  size_t model = 0, sent_bytes = 0;
  int64_t due_ns = 0;
  ResponseReader reader;
  std::string body;
};

class Load {
 public:
  Load(Plan plan, std::vector<Watch> watches)
      : plan_(std::move(plan)), watches_(std::move(watches)), counts_(plan_.models.size()) {
    for (const std::string& model : plan_.models)
      requests_.push_back(
          make_chat_request(plan_.body_bytes, false, model, plan_.key, plan_.port).text);
    content_ = answer_content(plan_.answer_bytes);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
  }

  void run() {
    const int64_t begin = now_ns();
    window_start_ns_ = begin + nanoseconds(plan_.warm_s);
    window_end_ns_ = window_start_ns_ + nanoseconds(plan_.window_s);
    const int64_t give_up_ns = window_end_ns_ + nanoseconds(plan_.deadline_s) + kSecondNs;
    next_due_ns_ = begin;
    if (plan_.rate <= 0)
      for (size_t i = 0; i < plan_.connections; ++i) send_one(begin);
    int state = 0;  // 1: in the window, 2: after it
    while (now_ns() < give_up_ns && (state < 2 || busy_ > 0)) {
      const int64_t now = now_ns();
      if (state == 0 && now >= window_start_ns_) state = open_window();
      if (state == 1 && now >= window_end_ns_) state = close_window();
      step(now, state == 0 ? window_start_ns_ : state == 1 ? window_end_ns_ : give_up_ns);
    }
    unanswered_ = busy_;
    print();
  }

 private:
  static int64_t nanoseconds(double seconds) { return static_cast<int64_t>(seconds * kSecondNs); }
  bool in_window(int64_t at) const { return at >= window_start_ns_ && at < window_end_ns_; }

  int open_window() {
    for (Watch& w : watches_) w.start = read_cpu_times(w.pids);
    opened_ns_ = now_ns();
    return 1;
  }
  int close_window() {
    for (Watch& w : watches_) w.end = read_cpu_times(w.pids);
    window_ns_ = now_ns() - opened_ns_;
    return 2;
  }

  void step(int64_t now, int64_t until_ns) {
    const bool by_schedule = plan_.rate > 0 && now < window_end_ns_;
    if (by_schedule) until_ns = std::min(until_ns, next_due_ns_);
    const int64_t left_ns = std::max<int64_t>(0, until_ns - now);
    timespec wait{left_ns / kSecondNs, left_ns % kSecondNs};
    const int count = epoll_pwait2(epoll_, ready_, 512, &wait, nullptr);
    for (int i = 0; i < count; ++i) handle(*connections_[ready_[i].data.u64], ready_[i].events);
    if (!by_schedule) return;
    for (now = now_ns(); next_due_ns_ <= now && next_due_ns_ < window_end_ns_;) {
      if (in_window(next_due_ns_)) slips_ns_.push_back(now_ns() - next_due_ns_);
      send_one(next_due_ns_);
      next_due_ns_ += nanoseconds(gap_(dice_) / plan_.rate);
    }
  }

  void send_one(int64_t due_ns) {
    const size_t model = dice_() % requests_.size();
    if (in_window(due_ns)) ++counts_[model].due;
    if (idle_.empty() && open_now_ >= plan_.connections_max) {
      ++no_connection_;
      return;
    }
    Connection& c = idle_.empty() ? open() : *connections_[idle_.back()];
    if (!c.connecting) idle_.pop_back();
    c.model = model;
    c.due_ns = due_ns;
    c.sent_bytes = 0;
    c.reader.reset();
    c.body.clear();
    c.busy = true;
    ++busy_;
    if (!c.connecting) send_rest(c);
  }

  size_t index_of(const Connection& c) const { return static_cast<size_t>(c.fd); }

  Connection& open() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    set_no_delay(fd);
    if (connections_.size() <= static_cast<size_t>(fd))
      connections_.resize(static_cast<size_t>(fd) + 1);
    auto& slot = connections_[static_cast<size_t>(fd)];
    if (!slot) slot = std::make_unique<Connection>();
    slot->fd = fd;
    slot->connecting = true;
    sockaddr_in address = loopback(plan_.port);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
      fail("connect");
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = static_cast<uint64_t>(fd);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    ++opened_;
    ++open_now_;
    return *slot;
  }

  void handle(Connection& c, uint32_t events) {
    if (c.fd < 0) return;
    if (c.connecting) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(c.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error) return lose(c);
      c.connecting = false;
    }
    if (c.busy && (events & EPOLLOUT)) send_rest(c);
    if (c.fd >= 0 && (events & ~EPOLLOUT)) receive(c);
  }

  void send_rest(Connection& c) {
    const std::string& text = requests_[c.model];
    while (c.sent_bytes < text.size()) {
      const ssize_t sent =
          send(c.fd, text.data() + c.sent_bytes, text.size() - c.sent_bytes, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return;
      // Who refuses and closes may have answered before: what is there is still read.
      if (sent < 0) return receive(c);
      c.sent_bytes += static_cast<size_t>(sent);
    }
  }

  void receive(Connection& c) {
    for (;;) {
      const ssize_t got = recv(c.fd, buffer_.data(), buffer_.size(), 0);
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return lose(c);
      c.reader.feed({buffer_.data(), static_cast<size_t>(got)},
                    [&](std::string_view bytes) { c.body.append(bytes); });
      if (c.reader.broken()) return lose(c);
      if (c.busy && c.reader.done()) return finish(c);
    }
  }

  void finish(Connection& c) {
    count(c, c.reader.status());
    const bool keep = c.reader.keep_alive() && c.sent_bytes == requests_[c.model].size();
    c.busy = false;
    --busy_;
    if (keep)
      idle_.push_back(index_of(c));
    else
      shut(c);
    if (plan_.rate <= 0 && now_ns() < window_end_ns_) send_one(now_ns());
  }

  void count(const Connection& c, int status) {
    if (!in_window(c.due_ns)) return;
    Counts& counts = counts_[c.model];
    const int64_t took_ns = now_ns() - c.due_ns;
    if (status == 503) {
      ++counts.shed;
      counts.shed_ns.push_back(took_ns);
    } else if (status == 200 && c.body.find(content_) != std::string::npos) {
      ++(took_ns <= nanoseconds(plan_.deadline_s) ? counts.good : counts.late);
      counts.accepted_ns.push_back(took_ns);
    } else {
      ++counts.wrong;
      if (first_wrong_.empty()) first_wrong_ = std::to_string(status) + " " + c.body.substr(0, 300);
    }
  }

  void lose(Connection& c) {
    if (c.busy) {
      count(c, 0);
      --busy_;
      c.busy = false;
    } else {
      std::erase(idle_, index_of(c));
    }
    shut(c);
  }

  void shut(Connection& c) {
    close(c.fd);
    --open_now_;
    c.fd = -1;
    c.connecting = false;
  }

  void print() {
    auto milliseconds = [](std::vector<int64_t>& of, double share) {
      return percentile_us(of, share) / 1000.0;
    };
    Counts all;
    std::printf("{\"window_s\":%.3f,\"models\":{", static_cast<double>(window_ns_) / kSecondNs);
    for (size_t i = 0; i < counts_.size(); ++i) {
      Counts& one = counts_[i];
      all.due += one.due, all.good += one.good, all.late += one.late, all.shed += one.shed;
      all.wrong += one.wrong;
      all.accepted_ns.insert(all.accepted_ns.end(), one.accepted_ns.begin(), one.accepted_ns.end());
      all.shed_ns.insert(all.shed_ns.end(), one.shed_ns.begin(), one.shed_ns.end());
      std::printf("%s%s:{\"due\":%lu,\"good\":%lu,\"shed\":%lu}", i ? "," : "",
                  json_text(plan_.models[i]).c_str(), one.due, one.good, one.shed);
    }
    std::printf("},\"due\":%lu,\"good\":%lu,\"late\":%lu,\"shed\":%lu,\"wrong\":%lu,", all.due,
                all.good, all.late, all.shed, all.wrong);
    std::printf("\"unanswered\":%zu,\"no_connection\":%lu,\"opened\":%lu,\"first_wrong\":%s,",
                unanswered_, no_connection_, opened_, json_text(first_wrong_).c_str());
    std::printf("\"accepted_p50_ms\":%.3f,\"accepted_p99_ms\":%.3f,",
                milliseconds(all.accepted_ns, 0.5), milliseconds(all.accepted_ns, 0.99));
    std::printf("\"shed_p50_ms\":%.3f,\"shed_p99_ms\":%.3f,\"slip_p99_ms\":%.3f,\"cpu_s\":{",
                milliseconds(all.shed_ns, 0.5), milliseconds(all.shed_ns, 0.99),
                milliseconds(slips_ns_, 0.99));
    for (size_t i = 0; i < watches_.size(); ++i)
      std::printf(
          "%s%s:%.4f", i ? "," : "", json_text(watches_[i].name).c_str(),
          static_cast<double>(watches_[i].end.total_ns - watches_[i].start.total_ns) / kSecondNs);
    std::printf("}}\n");
  }

  Plan plan_;
  std::vector<Watch> watches_;
  std::vector<Counts> counts_;
  std::vector<std::string> requests_;  // by model
  std::string content_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  std::vector<size_t> idle_;
  std::vector<int64_t> slips_ns_;  // how much later than due a request was begun
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::mt19937_64 dice_{7};
  std::exponential_distribution<double> gap_{1.0};
  epoll_event ready_[512];
  int epoll_ = -1;
  size_t busy_ = 0, unanswered_ = 0, open_now_ = 0;
  uint64_t opened_ = 0, no_connection_ = 0;
  std::string first_wrong_;
  int64_t window_start_ns_ = 0, window_end_ns_ = 0, opened_ns_ = 0, window_ns_ = 1;
  int64_t next_due_ns_ = 0;
};

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options(argc, argv);
  bench::Plan plan;
  plan.port = static_cast<int>(options.number("port", 0));
  plan.key = options.text("key", "bench-key");
  plan.models = bench::split_names(options.text("models", "task/bench"));
  plan.rate = options.number("rate", 0);
  plan.connections = static_cast<size_t>(options.number("connections", 64));
  plan.body_bytes = static_cast<size_t>(options.number("body-bytes", 100 << 10));
  plan.answer_bytes = static_cast<size_t>(options.number("answer-bytes", 600));
  plan.warm_s = options.number("warm-s", 1);
  plan.window_s = options.number("window-s", 3);
  plan.deadline_s = options.number("deadline-ms", 1000) / 1000;
  std::vector<bench::Watch> watches = bench::parse_watches(options.text("watch", ""));
  watches.push_back({"load", {static_cast<int>(getpid())}, {}, {}});
  options.done();
  if (!plan.port) bench::fail("usage: bench_overload_load --port N [--rate N] [--models a,b]");
  bench::raise_file_limit();
  prctl(PR_SET_TIMERSLACK, 1);
  bench::Load(std::move(plan), std::move(watches)).run();
}
