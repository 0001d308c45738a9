#include "io/reactor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wye {
namespace {

struct Pair {
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0); }
  ~Pair() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void say(std::string_view text) {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), text.size());
  }
  void hang_up() { ::close(std::exchange(ends[1], -1)); }
  int ends[2] = {-1, -1};
};

struct Listening : Watcher {
  void on_ready(Readiness ready) override {
    ++told;
    last = ready;
    if (then) then();
  }
  int told = 0;
  Readiness last;
  std::function<void()> then;
};

TEST(Reactor, TellsOfAnEdgeOnce) {
  Reactor reactor;
  ASSERT_EQ(reactor.error(), 0);
  Pair pair;
  Listening ear;
  ASSERT_EQ(reactor.watch(pair.ends[0], ear), 0);
  reactor.run_once(0);
  EXPECT_EQ(ear.told, 1);  // there is room
  EXPECT_TRUE(ear.last.out);
  EXPECT_FALSE(ear.last.in);
  pair.say("a");
  reactor.run_once(1000);
  EXPECT_EQ(ear.told, 2);
  EXPECT_TRUE(ear.last.in);
  EXPECT_FALSE(ear.last.hung_up);
  EXPECT_EQ(reactor.run_once(0), 0);  // nobody read, and nothing changed
  pair.say("b");
  reactor.run_once(1000);
  EXPECT_EQ(ear.told, 3);
  pair.hang_up();
  reactor.run_once(1000);
  EXPECT_EQ(ear.told, 4);
  EXPECT_TRUE(ear.last.in && ear.last.out && ear.last.hung_up);
  reactor.forget(pair.ends[0], ear);
}

TEST(Reactor, TellsOfAHalfClosedPeer) {
  Reactor reactor;
  Pair pair;
  Listening ear;
  ASSERT_EQ(reactor.watch(pair.ends[0], ear), 0);
  ::shutdown(pair.ends[1], SHUT_WR);
  reactor.run_once(1000);
  EXPECT_TRUE(ear.last.in && ear.last.hung_up);
  reactor.forget(pair.ends[0], ear);
}

TEST(Reactor, OnceIsOnce) {
  Reactor reactor;
  Pair pair;
  Listening ear;
  ASSERT_EQ(reactor.watch_once(pair.ends[0], ear), 0);
  EXPECT_EQ(reactor.run_once(0), 0);
  pair.say("a");
  reactor.run_once(1000);
  EXPECT_EQ(ear.told, 1);
  pair.say("b");
  EXPECT_EQ(reactor.run_once(0), 0);
  ASSERT_EQ(reactor.watch_once(pair.ends[0], ear), 0);  // still readable: told at once
  reactor.run_once(1000);
  EXPECT_EQ(ear.told, 2);
  reactor.forget(pair.ends[0], ear);
}

TEST(Reactor, WhoIsForgottenIsNotToldNotEvenOfWhatHasHappened) {
  Reactor reactor;
  Pair first;
  Pair second;
  Listening ears[2];
  ASSERT_EQ(reactor.watch(first.ends[0], ears[0]), 0);
  ASSERT_EQ(reactor.watch(second.ends[0], ears[1]), 0);
  // Whoever is told first forgets the other.
  ears[0].then = [&] { reactor.forget(second.ends[0], ears[1]); };
  ears[1].then = [&] { reactor.forget(first.ends[0], ears[0]); };
  EXPECT_EQ(reactor.run_once(1000), 2);
  EXPECT_EQ(ears[0].told + ears[1].told, 1);
}

TEST(Reactor, WhatIsPutOffRunsBeforeTheNextWaitAndOneTurnLater) {
  Reactor reactor;
  std::string order;
  reactor.soon([&] {
    order += 'a';
    reactor.soon([&] { order += 'c'; });
  });
  reactor.soon([&] { order += 'b'; });
  EXPECT_EQ(reactor.run_once(60'000), 2);
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(reactor.run_once(60'000), 1);
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(reactor.run_once(0), 0);
}

struct Closing : TurnEnd {
  Closing(std::string& the_story, char its_name) : story(the_story), name(its_name) {}
  void on_turn_end() override {
    story += name;
    if (then) then();
  }
  std::string& story;
  char name;
  std::function<void()> then;
};

TEST(Reactor, WorkForTheEndOfATurnComesAfterAllThatWasReady) {
  Reactor reactor;
  std::string story;
  Closing first(story, 'a');
  Closing second(story, 'b');
  Pair pairs[2];
  Listening ears[2];
  for (int i : {0, 1}) {
    ears[i].then = [&, i] {
      story += i == 0 ? '1' : '2';
      reactor.at_turn_end(i == 0 ? first : second);
    };
    ASSERT_EQ(reactor.watch(pairs[i].ends[0], ears[i]), 0);
  }
  reactor.run_once(0);
  EXPECT_EQ(story, "12ab");
  reactor.run_once(0);
  EXPECT_EQ(story, "12ab") << "once";
}

TEST(Reactor, WorkForTheEndOfATurnThatAsksForMoreLetsTheOthersIn) {
  Reactor reactor;
  std::string story;
  Closing again(story, 'a');
  again.then = [&] { reactor.at_turn_end(again); };
  {
    Closing dead(story, 'x');
    reactor.at_turn_end(again);
    reactor.at_turn_end(dead);
  }
  reactor.run_once(-1);
  EXPECT_EQ(story, "a");
  reactor.run_once(-1);  // does not wait while something is left to do
  EXPECT_EQ(story, "aa");
}

TEST(Reactor, MuchWorkForTheEndOfATurnIsDoneBetweenEvents) {
  Reactor reactor;
  std::string story;
  std::vector<std::unique_ptr<Closing>> works;
  for (int i = 0; i < 20; ++i) works.push_back(std::make_unique<Closing>(story, 'w'));
  Pair pairs[2];
  Listening ears[2];
  for (int i : {0, 1}) {
    ears[i].then = [&] {
      story += 'e';
      for (const auto& work : works) reactor.at_turn_end(*work);
    };
    ASSERT_EQ(reactor.watch(pairs[i].ends[0], ears[i]), 0);
  }
  reactor.run_once(0);
  const std::string all(20, 'w');
  EXPECT_EQ(story, "e" + all + "e" + all);
}

TEST(Reactor, AWrongDescriptorIsAnError) {
  Reactor reactor;
  Listening ear;
  EXPECT_EQ(reactor.watch(-1, ear), EBADF);
  EXPECT_EQ(reactor.watch_once(-1, ear), EBADF);
}

}  // namespace
}  // namespace wye
