#include "wire/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wye::scan {
namespace {

template <class Class>
std::size_t plain_find(std::string_view text, std::size_t from) {
  while (from < text.size() && !Class::matches(static_cast<unsigned char>(text[from]))) ++from;
  return from;
}

template <class Class>
void expect_same_everywhere(const std::string& text) {
  for (std::size_t from = 0; from <= text.size(); ++from) {
    const char* found = find<Class>(text.data() + from, text.data() + text.size());
    EXPECT_EQ(static_cast<std::size_t>(found - text.data()), plain_find<Class>(text, from))
        << "from " << from << " of " << text.size();
  }
}

template <class Class>
void expect_all_found(const std::string& text) {
  std::vector<std::size_t> expected;
  for (std::size_t at = plain_find<Class>(text, 0); at < text.size();
       at = plain_find<Class>(text, at + 1))
    expected.push_back(at);
  std::vector<std::size_t> found;
  for_each<Class>(text.data(), text.data() + text.size(), [&](const char* at) {
    found.push_back(static_cast<std::size_t>(at - text.data()));
    return true;
  });
  EXPECT_EQ(found, expected);
}

TEST(Scan, ForEachFindsAllAndStopsWhenTold) {
  std::mt19937 random(8);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string text(size, ' ');
    for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? '\\' : 'a');
    expect_all_found<Byte<'\\'>>(text);
    expect_all_found<JsonSpecial>(text);
  }
  int calls = 0;
  const std::string_view text = "a\n\n\n";
  for_each<LineEnd>(text.data(), text.data() + text.size(),
                    [&](const char*) { return ++calls < 2; });
  EXPECT_EQ(calls, 2);
}

TEST(Scan, AmongFewLooksAtNoMoreThanThose) {
  for (std::size_t at = 0; at < 16; ++at) {
    std::string text(16, 'a');
    text[at] = '\\';
    for (std::size_t size = 0; size <= 16; ++size)
      EXPECT_EQ(is_among_few<Byte<'\\'>>(text.data(), size), at < size) << at << " of " << size;
  }
}

TEST(Scan, WideAndByteWiseAgreeForEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(40, 'x');
    text[21] = static_cast<char>(byte);
    expect_same_everywhere<Control>(text);
    expect_same_everywhere<LineEnd>(text);
    expect_same_everywhere<JsonSpecial>(text);
    expect_same_everywhere<HighBit>(text);
    expect_same_everywhere<Byte<'\\'>>(text);
  }
}

TEST(Scan, WideAndByteWiseAgreeOnRandomTexts) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string text(size, ' ');
    for (char& c : text) c = static_cast<char>(random() % 5 == 0 ? random() % 256 : 'a');
    expect_same_everywhere<Control>(text);
    expect_same_everywhere<JsonSpecial>(text);
    expect_same_everywhere<LineEnd>(text);
  }
}

}  // namespace
}  // namespace wye::scan
