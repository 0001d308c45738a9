// Tests of what is taken for another event of the same shape: never what a parser would refuse or
// read otherwise.
#include "dialect/event_shape.h"

#include <gtest/gtest.h>

#include <string>

namespace wye {
namespace {

using namespace std::string_literals;

class Shape : public ::testing::Test {
 protected:
  Shape() { shape.remember(first, std::string_view(first).substr(first.find("Hi"), 2)); }
  const std::string first = R"({"id":"a","text":"Hi","model":"m"})";
  EventShape shape;
};

TEST_F(Shape, FindsTheTextOfEventsThatDifferInItAlone) {
  EXPECT_EQ(shape.hole_in(first), "Hi");
  EXPECT_EQ(shape.hole_in(R"({"id":"a","text":"x","model":"m"})"), "x");
  EXPECT_EQ(shape.hole_in(R"({"id":"a","text":" grüße, 你好","model":"m"})"), " grüße, 你好");
}

TEST_F(Shape, KnowsNoOthers) {
  for (const std::string& other : {
           R"({"id":"b","text":"Hi","model":"m"})"s,
           R"({"id":"a","text":"Hi","model":"n"})"s,
           R"({"id":"a","text":"","model":"m"})"s,
           R"({"id":"a","text":"x","model":"m"} )"s,
           R"({"id":"a","text":"x","text":"y","model":"m"})"s,
           R"({"id":"a","text":"x\n","model":"m"})"s,
           R"({"id":"a","text":"x\","model":"m"})"s,
           "{\"id\":\"a\",\"text\":\"\n\",\"model\":\"m\"}"s,
           "{\"id\":\"a\",\"text\":\"\xff\",\"model\":\"m\"}"s,
           "{\"id\":\"a\",\"text\":\"\xc3\",\"model\":\"m\"}"s,
           R"({"id":"a","text":"model":"m"})"s,
           R"({"id":"a","text":")"s,
           R"(","model":"m"})"s,
           ""s,
       }) {
    EXPECT_FALSE(shape.hole_in(other)) << other;
  }
}

// The beginning and the end of what is remembered may overlap in a shorter text.
TEST_F(Shape, DoesNotCountABytesTwice) {
  EventShape quotes;
  const std::string event = R"({"":"a"})";
  quotes.remember(event, std::string_view(event).substr(5, 1));
  EXPECT_EQ(quotes.hole_in(event), "a");
  EXPECT_FALSE(quotes.hole_in(R"({"":"})"));
  EXPECT_FALSE(quotes.hole_in(R"({"":""})"));
}

TEST_F(Shape, MovesWhatStandsBesideTheText) {
  const std::string_view remembered = shape.event();
  const std::string longer = R"({"id":"a","text":"Good morning","model":"m"})";
  const auto place = [&](std::string_view what) {
    return remembered.substr(remembered.find(what), what.size());
  };
  EXPECT_EQ(shape.moved(place("id"), longer).data(), longer.data() + 2);
  const std::string_view model = shape.moved(place(R"("m")"), longer);
  EXPECT_EQ(model, R"("m")");
  EXPECT_EQ(model.data(), longer.data() + longer.size() - 4);
}

TEST_F(Shape, KnowsNothingAfterItForgot) {
  shape.forget();
  EXPECT_FALSE(shape.hole_in(first));
  EXPECT_FALSE(shape.hole_in(""));
  EXPECT_FALSE(EventShape().hole_in("Hi"));
}

}  // namespace
}  // namespace wye
