#!/bin/sh
# Purity: the libraries of the right wall (policy, dialect) may not touch the world. They are handed
# the time, the dice and everything else, or decisions could not be replayed. This reads the symbols
# of the built archives and fails on clocks, chance, files, sockets, environment, threads and locks,
# and on variables that outlive a call.
#
#   tests/purity.sh LIBRARY.a...     checks archives or object files
#   tests/purity.sh --self-check     shows that the check fails on impure code (done before each check)
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Undefined symbols that nothing pure needs, as extended regular expressions of whole mangled names.
banned='time|clock|clock_(gettime|getres|nanosleep)|gettimeofday|ftime|timespec_get|nanosleep|u?sleep
localtime(_r)?|mktime|tzset|s?rand|rand_r|s?random(_r)?|[dlmenj]rand48(_r)?|getrandom|getentropy|arc4random.*
(f?open|creat|fdopen|freopen|openat)(64)?|read|write|pread(64)?|pwrite(64)?|readv|writev|close|stat|fstat|mmap(64)?
fread|fwrite|fgets|fgetc|fputs|fputc|putchar|puts|printf|vprintf|fprintf|vfprintf|perror|scanf|fscanf|opendir|readdir
__(printf|fprintf|vfprintf|vprintf|read|fread|open|fgets|open64)_(chk|2)
socket|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|poll|select|epoll_.*|getaddrinfo|gethostbyname.*
getenv|secure_getenv|setenv|putenv|getpid|gethostname|uname|sysconf|system|popen|fork|vfork|exec.*|syscall|ioctl|signal|sigaction|raise
pthread_.*|sem_.*|sched_.*|futex|std(in|out|err)
RAND_.*|_ZNSt13random_device.*|_ZNSt6chrono.*3nowEv|_ZSt(3cin|4cout|4cerr|4clog)|_ZNS?t?.*basic_[io]?fstream.*|_ZNSt10filesystem.*
_ZNSt6thread.*|_ZNSt18condition_variable.*|_ZNSt12__basic_file.*|_ZNSt5mutex.*|_ZNSt12this_thread.*'
pattern=$(printf '%s' "$banned" | tr '\n' '|')

# Prints what is impure in the given files, nothing when they are pure.
impurities() {
  nm -u --no-demangle "$@" 2>/dev/null | awk '$1 == "U" || $1 == "w" { sub(/@.*/, "", $2); print $2 }' |
    sort -u | grep -E -x "$pattern" | sed 's/^/uses /' || true
  # Constants with addresses live in .data.rel.ro and are read-only once loaded.
  objdump -t "$@" | awk 'NF >= 3 && $(NF-2) ~ /^\.(data|bss|tdata|tbss)(\..*)?$/ && $(NF-2) !~ /^\.data\.rel\.ro/ &&
    $NF !~ /^\.(data|bss|tdata|tbss)/ { print "keeps " $NF }' | sort -u
}

# expect_impure NAME 'C++ source'
expect_impure() {
  printf '%s\n' "$2" > "$work/$1.cc"
  "${CXX:-g++}" -std=c++20 -O1 -c "$work/$1.cc" -o "$work/$1.o"
  if [ -z "$(impurities "$work/$1.o")" ]; then
    echo "purity: self-check failed: '$1' was not noticed" >&2
    exit 2
  fi
}

self_check() {
  expect_impure clock '#include <chrono>
    long f() { return std::chrono::system_clock::now().time_since_epoch().count(); }'
  expect_impure time '#include <ctime>
    long f() { return time(nullptr); }'
  expect_impure rand '#include <cstdlib>
    int f() { return rand(); }'
  expect_impure device '#include <random>
    unsigned f() { return std::random_device{}(); }'
  expect_impure file '#include <fstream>
    bool f() { return std::ifstream("x").good(); }'
  expect_impure stdio '#include <cstdio>
    void f() { fputs("x", stderr); }'
  expect_impure environment '#include <cstdlib>
    char* f() { return getenv("HOME"); }'
  expect_impure socket '#include <sys/socket.h>
    int f() { return socket(1, 1, 0); }'
  expect_impure lock '#include <mutex>
    std::mutex& m(); void f() { std::lock_guard<std::mutex> hold(m()); }'
  expect_impure counter 'int f() { static int calls = 0; return ++calls; }'
  expect_impure global 'int last_seen = 7; int f() { return last_seen++; }'
  printf '%s\n' '#include <string>
    static const char* const names[] = {"a", "b"};
    std::string f(int i) { return std::string(names[i]) + "!"; }' > "$work/pure.cc"
  "${CXX:-g++}" -std=c++20 -O1 -c "$work/pure.cc" -o "$work/pure.o"
  if [ -n "$(impurities "$work/pure.o")" ]; then
    echo "purity: self-check failed: pure code was refused" >&2
    exit 2
  fi
}

self_check
[ "${1:-}" = --self-check ] && { echo "purity: self-check passed"; exit 0; }
[ $# -gt 0 ] || { echo "usage: tests/purity.sh LIBRARY.a..." >&2; exit 2; }
status=0
for library in "$@"; do
  found=$(impurities "$library")
  if [ -n "$found" ]; then
    echo "$library is not pure:" >&2
    printf '%s\n' "$found" | c++filt >&2
    status=1
  fi
done
[ $status -eq 0 ] && echo "purity: $# libraries are pure"
exit $status
