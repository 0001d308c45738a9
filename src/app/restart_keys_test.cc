#include "app/restart_keys.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

using Keys = std::vector<std::string_view>;

TEST(RestartKeys, TellsEachThatDiffers) {
  const Rules started;
  EXPECT_EQ(restart_keys(started, started), Keys{});
  Rules then;
  then.server.listen.port = 9;
  EXPECT_EQ(restart_keys(started, then), Keys{"server.listen"});
  then.server.admin_listen.host = "::1";
  then.server.threads = 3;
  then.server.connections_max = 7;
  then.store_path = "elsewhere.db";
  EXPECT_EQ(restart_keys(started, then),
            (Keys{"server.listen", "server.admin_listen", "server.threads",
                  "server.limits.connections", "store.path"}));
}

TEST(RestartKeys, WhatIsTakenOverIsNotTold) {
  const Rules started;
  Rules then;
  then.server.head_bytes_max = 1;
  then.server.body_bytes_max = 1;
  then.server.answer_bytes_max = 1;
  then.server.head_timeout_ms = 1;
  then.server.body_timeout_ms = 1;
  then.server.idle_timeout_ms = 1;
  then.server.drain_timeout_ms = 1;
  EXPECT_EQ(restart_keys(started, then), Keys{});
}

}  // namespace
}  // namespace wye
