#include "base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace wye {
namespace {

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration_ms("250ms"), 250);
  EXPECT_EQ(parse_duration_ms("1.5s"), 1'500);
  EXPECT_EQ(parse_duration_ms("2 m"), 120'000);
  EXPECT_EQ(parse_duration_ms("7d"), 604'800'000);
  EXPECT_EQ(parse_duration_ms("0"), 0);
  for (const char* text : {"", "s", "5", "-1s", "1e3s", "1.2.3s", "0.5ms", "99999999999999999d"}) {
    EXPECT_FALSE(parse_duration_ms(text)) << text;
  }
  EXPECT_EQ(format_duration_ms(1'500), "1500ms");
  EXPECT_EQ(format_duration_ms(120'000), "2m");
}

TEST(Units, Money) {
  EXPECT_EQ(parse_money("$500"), 500'000'000'000);
  EXPECT_EQ(parse_money("$0.000000001"), 1);
  EXPECT_FALSE(parse_money("$0.0000000001"));
  EXPECT_FALSE(parse_money("500"));
  EXPECT_EQ(format_usd(380'000, 6), "0.000380");
  EXPECT_EQ(format_usd(-1'500'000'000), "-1.50");
  EXPECT_EQ(format_usd(0), "0.00");
  EXPECT_EQ(format_usd(0, 0), "0");
  EXPECT_EQ(format_usd(1, 0), "0.000000001");
  EXPECT_EQ(format_usd(12'000'000'000, 0), "12");
  EXPECT_EQ(format_usd(std::numeric_limits<NanoUsd>::max()), "9223372036.854775807");
  EXPECT_EQ(format_usd(std::numeric_limits<NanoUsd>::min()), "-9223372036.854775808");
}

TEST(Units, Prices) {
  EXPECT_EQ(parse_price("$0.88/M"), 880'000);
  EXPECT_EQ(parse_price("$0.00088/k"), 880'000);
  EXPECT_EQ(parse_price_per_million("0.0375"), 37'500);
  EXPECT_FALSE(parse_price("0.88"));
  EXPECT_EQ(format_price(880'000), "$0.88/M");
}

TEST(Units, CostsAreRoundedHalfUpAndSaturate) {
  EXPECT_EQ(cost_nanousd(1, 499), 0);
  EXPECT_EQ(cost_nanousd(1, 500), 1);
  EXPECT_EQ(cost_nanousd(1'000'000, 880'000), 880'000'000);
  EXPECT_EQ(cost_nanousd(INT64_MAX, INT64_MAX), INT64_MAX);
}

TEST(Units, CountsBytesAndShares) {
  EXPECT_EQ(parse_count("200k"), 200'000);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000);
  EXPECT_EQ(parse_bytes("64KiB"), 65'536);
  EXPECT_EQ(parse_bytes("32MB"), 32'000'000);
  EXPECT_EQ(parse_percent_ppm("99.5%"), 995'000);
  EXPECT_FALSE(parse_percent_ppm("99.5"));
}

TEST(Units, TimesAreUtc) {
  EXPECT_EQ(format_time_utc(1'795'359'258'105), "2026-11-22T14:54:18.105Z");
}

}  // namespace
}  // namespace wye
