// The head of the table; see scripts/pack_ranks.py for its layout.
#include "wire/rank_table.h"

#include <bit>

namespace wye {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the table holds its numbers as they are");

constexpr std::string_view magic = "wyeranks";
constexpr std::size_t head_bytes = 24;
constexpr std::size_t pair_bytes = 65536UL * 4;
constexpr std::uint32_t longest_believed = 255;

}  // namespace

Result<RankTable> RankTable::open(std::string_view table) {
  if (table.size() < head_bytes || !table.starts_with(magic)) {
    return fail(FaultKind::internal, "the table of token ranks is missing or of another sort");
  }
  const std::uint32_t slot_bits = number_at(table.data() + 8);
  const std::uint32_t count = number_at(table.data() + 12);
  const std::uint32_t longest = number_at(table.data() + 16);
  const std::size_t record_bytes = number_at(table.data() + 20);
  // With no empty slot a search would not end.
  if (slot_bits > 24 || longest == 0 || longest > longest_believed || count >= 1ULL << slot_bits ||
      table.size() != head_bytes + pair_bytes + (std::size_t{4} << slot_bits) + record_bytes) {
    return fail(FaultKind::internal, "the table of token ranks is damaged");
  }
  RankTable opened;
  opened.pairs_ = table.data() + head_bytes;
  opened.slots_ = opened.pairs_ + pair_bytes;
  opened.records_ = opened.slots_ + (std::size_t{4} << slot_bits);
  opened.slot_mask_ = (1ULL << slot_bits) - 1;
  opened.longest_ = longest;
  opened.count_ = count;
  return opened;
}

}  // namespace wye
