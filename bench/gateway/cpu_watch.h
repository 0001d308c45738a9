// Reads how much CPU other processes have used, so that the load generator can take the reading at
// the very instants between which it counts requests. The sum of /proc/PID/task/*/schedstat is in
// nanoseconds; the user/system split of /proc/PID/stat is only in clock ticks.
#pragma once

#include <dirent.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "plumbing.h"

namespace bench {

struct CpuTimes {
  int64_t total_ns = 0;
  int64_t user_ticks = 0;
  int64_t system_ticks = 0;
};

inline CpuTimes read_cpu_times(const std::vector<int>& pids) {
  CpuTimes times;
  for (int pid : pids) {
    std::string base = "/proc/" + std::to_string(pid);
    if (DIR* tasks = opendir((base + "/task").c_str())) {
      while (dirent* task = readdir(tasks)) {
        if (task->d_name[0] == '.') continue;
        FILE* file = std::fopen((base + "/task/" + task->d_name + "/schedstat").c_str(), "r");
        if (!file) continue;
        long long ran_ns = 0;
        if (std::fscanf(file, "%lld", &ran_ns) == 1) times.total_ns += ran_ns;
        std::fclose(file);
      }
      closedir(tasks);
    }
    if (FILE* file = std::fopen((base + "/stat").c_str(), "r")) {
      char line[1024] = {};
      if (std::fgets(line, sizeof line, file)) {
        // The name in brackets may hold spaces, so fields are counted from behind it.
        const char* after_name = std::strrchr(line, ')');
        long long user = 0, system = 0;
        if (after_name &&
            std::sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld",
                        &user, &system) == 2) {
          times.user_ticks += user;
          times.system_ticks += system;
        }
      }
      std::fclose(file);
    }
  }
  return times;
}

struct Watch {
  std::string name;
  std::vector<int> pids;
  CpuTimes start, end;
};

// "proxy=12,13;mock=9" -> two watches.
inline std::vector<Watch> parse_watches(const std::string& text) {
  std::vector<Watch> watches;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find(';', at), text.size());
    std::string one = text.substr(at, end - at);
    size_t equals = one.find('=');
    if (equals == std::string::npos) fail("--watch wants name=pid,pid;name=pid");
    Watch watch{one.substr(0, equals), {}, {}, {}};
    for (char* next = one.data() + equals; *next == '=' || *next == ',';)
      watch.pids.push_back(static_cast<int>(std::strtol(next + 1, &next, 10)));
    watches.push_back(watch);
    at = end + 1;
  }
  return watches;
}

}  // namespace bench
