// Row journal: a ring in a file. See row_journal.h.
//
// A position counts bytes since the file was made; a row stands at its position modulo the room,
// never across the end of the ring. Each row carries its position and a checksum, so leftovers of
// an earlier lap and rows that were not finished are told from rows.
#include "io/row_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/hash.h"
#include "io/row_codec.h"

namespace wye {
namespace {

constexpr std::int64_t head_bytes = 4'096;
constexpr std::array<char, 8> magic = {'w', 'y', 'e', 'r', 'o', 'w', 's', '1'};

struct FileHead {
  std::array<char, 8> magic{};
  std::uint64_t room = 0;
  std::uint64_t taken = 0;
  bool operator==(const FileHead&) const = default;
};
constexpr off_t taken_at = offsetof(FileHead, taken);

struct RowHead {
  std::uint64_t position = 0;
  std::uint64_t checksum = 0;
  std::uint64_t bytes = 0;  // of the row behind this head; never 0
};

Fault journal_fault(const std::string& path, std::string_view what, int error) {
  return fault(FaultKind::store, fmt::format("cannot {} {}: {}; check the disk and its permissions",
                                             what, path, std::strerror(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

class FileRowJournal final : public RowJournal {
 public:
  FileRowJournal(Descriptor file, std::string path, std::uint64_t room)
      : file_(std::move(file)), path_(std::move(path)), room_(room) {}

  // Nothing is left behind when all is in the database.
  ~FileRowJournal() override {
    if (end_ == taken_.load()) ::unlink(path_.c_str());
  }

  Result<std::uint64_t> put(const StoredRecord& row) override {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + sizeof(RowHead));
    write_row(row, buffer_);
    const std::size_t bytes = buffer_.size() - before;
    const std::uint64_t start = place_for(bytes);
    if (start + bytes - taken_.load(std::memory_order_acquire) > room_) {
      buffer_.resize(before);
      return fail(full());
    }
    if (start % room_ == 0) next_lap_ = before;
    const std::string_view body = std::string_view(buffer_).substr(before + sizeof(RowHead));
    const RowHead head{start, checksum64(body, start), body.size()};
    std::memcpy(buffer_.data() + before, &head, sizeof head);
    end_ = start + bytes;
    return end_;
  }

  Result<void> flush() override {
    Result<void> written = write_buffer();
    if (written) {
      kept_end_ = end_;
    } else {
      // Some rows may have been written whole, and nobody is to find them.
      std::fill(buffer_.begin(), buffer_.end(), '\0');
      (void)write_buffer();
      end_ = kept_end_;
    }
    buffer_.clear();
    next_lap_ = std::string::npos;
    shown_end_.store(end_, std::memory_order_relaxed);
    return written;
  }

  // The file is told first: whoever reads it after a kill must not look for rows in room that was
  // given to others.
  Result<void> taken(std::uint64_t position) override {
    if (::pwrite(file_.number(), &position, sizeof position, taken_at) < 0) {
      return fail(journal_fault(path_, "write", errno));
    }
    taken_.store(position, std::memory_order_release);
    return {};
  }

  bool has_room() const override {
    // In this order, or the end could be older than what was taken of it.
    const std::uint64_t taken = taken_.load(std::memory_order_acquire);
    return shown_end_.load(std::memory_order_relaxed) - taken < room_ / 2;
  }

 private:
  // Where the next row of so many bytes starts: here, or in the next lap.
  std::uint64_t place_for(std::size_t bytes) const {
    const std::uint64_t left = room_ - end_ % room_;
    return bytes <= left ? end_ : end_ + left;
  }

  Result<void> write_buffer() {
    const std::size_t lap = std::min(next_lap_, buffer_.size());
    const std::string_view rows = buffer_;
    Result<void> written = write(rows.substr(0, lap), kept_end_ % room_);
    if (written) written = write(rows.substr(lap), 0);
    return written;
  }

  Result<void> write(std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(file_.number(), bytes.data(), bytes.size(),
                                    head_bytes + static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return fail(journal_fault(path_, "write", errno));
      bytes.remove_prefix(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    return {};
  }

  Fault full() const {
    return fault(FaultKind::store,
                 fmt::format("{} is full: the database takes no rows; check the disk", path_));
  }

  const Descriptor file_;
  const std::string path_;
  const std::uint64_t room_;
  // The loop's own.
  std::uint64_t end_ = 0;
  std::uint64_t kept_end_ = 0;                // of what was flushed
  std::string buffer_;                        // what was put since
  std::size_t next_lap_ = std::string::npos;  // from here it belongs to the ring's beginning
  // Shared.
  std::atomic<std::uint64_t> shown_end_{0};
  std::atomic<std::uint64_t> taken_{0};
};

// A journal that is read. What cannot be read is not the same as what is not there: rows may lie
// behind it.
class JournalFile {
 public:
  JournalFile(const Descriptor& file, const std::string& path) : file_(file), path_(path) {}

  // False when the file ends before.
  Result<bool> read(void* into, std::size_t bytes, std::uint64_t offset) const {
    ssize_t got = 0;
    do {
      got = ::pread(file_.number(), into, bytes, static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      Fault failed = journal_fault(path_, "read", errno);
      failed.message +=
          "; it holds records that are not in the database yet. To start without "
          "them, move the file away";
      return fail(std::move(failed));
    }
    return got == static_cast<ssize_t>(bytes);
  }

  // The row that starts at exactly this position, as bytes; empty when none does.
  Result<std::string> row_at(const FileHead& head, std::uint64_t position) const {
    const std::uint64_t offset = position % head.room;
    RowHead row;
    if (head.room - offset < sizeof row) return std::string();
    const Result<bool> headed = read(&row, sizeof row, head_bytes + offset);
    if (!headed) return fail(headed.error());
    if (!*headed || row.position != position || row.bytes == 0) return std::string();
    if (row.bytes > head.room - offset - sizeof row) return std::string();
    std::string bytes(row.bytes, '\0');
    const Result<bool> whole = read(bytes.data(), bytes.size(), head_bytes + offset + sizeof row);
    if (!whole) return fail(whole.error());
    return *whole && checksum64(bytes, position) == row.checksum ? bytes : std::string();
  }

 private:
  const Descriptor& file_;
  const std::string& path_;
};

}  // namespace

Result<std::unique_ptr<RowJournal>> open_row_journal(const std::string& path, std::int64_t bytes) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(journal_fault(path, "make", errno));
  const int error = ::posix_fallocate(file.number(), 0, head_bytes + bytes);
  if (error != 0) return fail(journal_fault(path, "find room for", error));
  const FileHead head{magic, static_cast<std::uint64_t>(bytes), 0};
  if (::pwrite(file.number(), &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head))
    return fail(journal_fault(path, "write", errno));
  return std::make_unique<FileRowJournal>(std::move(file), path, head.room);
}

std::string row_journal_path(const std::string& store_path, std::size_t index) {
  return fmt::format("{}.rows-{}", store_path, index);
}

std::vector<std::string> row_journals_of(const std::string& store_path) {
  std::vector<std::string> found;
  const std::filesystem::path store(store_path);
  const std::string prefix = store.filename().string() + ".rows-";
  const auto directory = store.has_parent_path() ? store.parent_path() : ".";
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(directory, unreadable)) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<JournalSpan> read_row_journal(const std::string& path,
                                     const std::function<void(StoredRecord)>& row) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return JournalSpan{};  // its writer has ended well meanwhile
    return fail(journal_fault(path, "read", errno));
  }
  const JournalFile journal(file, path);
  FileHead head;
  const Result<bool> headed = journal.read(&head, sizeof head, 0);
  if (!headed) return fail(headed.error());
  // A process that was killed while it made the file has answered nobody yet.
  if (!*headed || head == FileHead{}) return JournalSpan{};
  if (head.magic != magic || head.room == 0)
    return fail(FaultKind::store,
                fmt::format("{} holds records in a form that this wye does not know; start the "
                            "wye that wrote it once, or move the file away",
                            path));
  JournalSpan span{head.taken, head.taken};
  while (true) {
    Result<std::string> bytes = journal.row_at(head, span.end);
    std::uint64_t start = span.end;
    if (bytes && bytes->empty()) {
      start += head.room - start % head.room;
      bytes = journal.row_at(head, start);
    }
    if (!bytes) return fail(std::move(bytes.error()));
    if (bytes->empty()) return span;
    auto read = read_row(*bytes);
    if (!read) return fail(FaultKind::store, fmt::format("{}: {}", path, read.error().message));
    row(std::move(*read));
    span.end = start + sizeof(RowHead) + bytes->size();
  }
}

}  // namespace wye
