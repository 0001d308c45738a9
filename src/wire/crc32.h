// CRC-32 as Ethernet, zip and AWS event streams use it (reflected, polynomial 0xEDB88320). Pure;
// any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace wye {

// Of `bytes`, going on from the checksum of what stood before them.
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);

}  // namespace wye
