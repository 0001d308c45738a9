// Row codec: one list of fields, walked by the writer and by the reader. See row_codec.h.
#include "io/row_codec.h"

#include <cstdint>
#include <cstring>

namespace wye {
namespace {

// Every field of a row, once; writing and reading must meet them in the same order.
template <class Row, class Walker>
void walk(Row& row, Walker& walker) {
  walker.number(row.id);
  walker.number(row.status);
  walker.number(row.attempts);
  walker.number(row.cost_nanousd);
  walker.number(row.input_tokens);
  walker.number(row.output_tokens);
  walker.number(row.total_us);
  for (auto* text : {&row.client_id, &row.task, &row.deployment, &row.team, &row.fault, &row.policy,
                     &row.body}) {
    walker.text(*text);
  }
}

struct Writer {
  std::string& into;

  template <class Number>
  void number(const Number& value) {
    into.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(static_cast<std::uint32_t>(value.size()));
    into.append(value);
  }
};

struct RowReader {
  std::string_view left;
  bool short_of_bytes = false;

  std::string_view take(std::size_t bytes) {
    short_of_bytes = short_of_bytes || left.size() < bytes;
    if (short_of_bytes) return {};
    const std::string_view taken = left.substr(0, bytes);
    left.remove_prefix(bytes);
    return taken;
  }
  template <class Number>
  void number(Number& value) {
    const std::string_view bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
  }
  void text(std::string& value) {
    std::uint32_t bytes = 0;
    number(bytes);
    value = take(bytes);
  }
};

}  // namespace

void write_row(const StoredRecord& row, std::string& into) {
  Writer writer{into};
  walk(row, writer);
}

Result<StoredRecord> read_row(std::string_view bytes) {
  StoredRecord row;
  RowReader reader{bytes};
  walk(row, reader);
  if (reader.short_of_bytes || !reader.left.empty())
    return fail(FaultKind::store, "a row of the journal does not have the length that it says");
  return row;
}

}  // namespace wye
