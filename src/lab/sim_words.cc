// Sim words: sentences, topics and tokens. See sim_words.h.
#include "lab/sim_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wye {
namespace {

constexpr std::size_t token_bytes_max = 6;
constexpr int case_bit = 0x20;

// '~' stands for a topic.
constexpr std::array<std::string_view, 24> forms = {
    "Let us start with ~, since most of the question turns on it.",
    "The short answer is that ~ depends on what you want to achieve.",
    "In practice, ~ works best when it is kept simple.",
    "There are two sides to ~ that are worth keeping apart.",
    "A common mistake is to treat ~ as if it were fixed.",
    "For example, a small team can handle ~ in an afternoon.",
    "If you compare the options, ~ is usually the cheaper one.",
    "The details of ~ matter less than the order of the steps.",
    "It helps to write down what you expect from ~ before you begin.",
    "On the other hand, ~ may take longer than it seems at first.",
    "Most guides describe ~ in the same three stages.",
    "You can check ~ with a quick experiment and a few notes.",
    "Once ~ is settled, the rest follows without much effort.",
    "Keep an eye on ~ during the first week, and adjust it slowly.",
    "When in doubt, choose the version of ~ that is easier to undo.",
    "That said, nobody needs to decide about ~ today.",
    "The numbers behind ~ vary, and a rough estimate is enough here.",
    "To sum up, ~ deserves a plan, a limit and a date.",
    "Here is a simple way to think about ~.",
    "Several people have asked about ~, and the answer is nearly always the same.",
    "First, look at what ~ costs; then look at what it saves.",
    "It is fair to say that ~ has improved over the last years.",
    "Nothing about ~ is urgent, but it should not be forgotten.",
    "Finally, tell the people who rely on ~ what will change.",
};
constexpr std::array<std::string_view, 12> plain_topics = {
    "the plan",     "the harbour",   "a good record", "the first step",
    "the schedule", "this approach", "the garden",    "a clear rule",
    "the budget",   "the lantern",   "a second look", "the bridge"};
constexpr std::array<std::string_view, 16> plain_words = {
    "amber",   "lantern", "harbour", "quiet",  "meadow", "silver", "bridge", "winter",
    "orchard", "copper",  "river",   "garden", "north",  "paper",  "summit", "velvet"};
constexpr std::array<std::string_view, 24> empty_words = {
    "about", "after", "also", "answer", "could", "does",   "from", "have",
    "into",  "just",  "know", "like",   "make",  "please", "tell", "that",
    "then",  "there", "this", "what",   "when",  "which",  "with", "your"};

bool is_letter(char c) {
  const auto from_a = static_cast<unsigned char>((c | case_bit) - 'a');
  return from_a <= 'z' - 'a';
}

// Both of letters only. Most words differ in their first letter already, and long texts are many
// words.
bool is_same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ((a.front() ^ b.front()) & ~case_bit) == 0 &&
         equal_ignoring_case(a, b);
}

// Bytes 10xxxxxx continue a character, and no token may begin with one.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The end of the token that starts at `from`: spaces, then up to token_bytes_max bytes of a word.
std::size_t token_end(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (at < text.size() && is_space(text[at])) ++at;
  const std::size_t limit = std::min(text.size(), at + token_bytes_max);
  while (at < limit && !is_space(text[at])) ++at;
  while (at < text.size() && continues(text[at])) ++at;
  return at;
}

template <std::size_t count>
std::string_view any(const std::array<std::string_view, count>& words, Dice& dice) {
  return words[dice.below(count)];
}

int words_in(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), ' ')) + 1;
}

}  // namespace

std::string_view SimText::piece(std::size_t index) const {
  const std::size_t from = index == 0 ? 0 : ends[index - 1];
  return std::string_view(text).substr(from, ends[index] - from);
}

void SimText::truncate(std::size_t tokens) {
  if (tokens >= ends.size()) return;
  ends.resize(tokens);
  text.resize(tokens == 0 ? 0 : ends.back());
}

std::string SimText::stop_at(const std::vector<std::string>& stops) {
  std::size_t first = std::string::npos;
  std::string hit;
  for (const std::string& stop : stops) {
    const std::size_t found = stop.empty() ? std::string::npos : text.find(stop);
    if (found >= first) continue;
    first = found;
    hit = stop;
  }
  if (hit.empty()) return hit;
  text.resize(first);
  const auto past = std::lower_bound(ends.begin(), ends.end(), first);
  ends.erase(past, ends.end());
  if (first != 0 && (ends.empty() || ends.back() != first))
    ends.push_back(static_cast<std::uint32_t>(first));
  return hit;
}

std::int64_t count_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  for (std::size_t at = 0; at < text.size(); at = token_end(text, at)) ++tokens;
  return tokens;
}

SimText cut_into_tokens(std::string text) {
  SimText result;
  result.ends.reserve(text.size() / 4 + 1);
  for (std::size_t at = 0; at < text.size();) {
    at = token_end(text, at);
    result.ends.push_back(static_cast<std::uint32_t>(at));
  }
  result.text = std::move(text);
  return result;
}

std::vector<std::string_view> topics_of(std::string_view text, std::size_t limit) {
  std::vector<std::string_view> topics;
  for (std::size_t at = 0; at < text.size() && topics.size() < limit;) {
    if (!is_letter(text[at])) {
      ++at;
      continue;
    }
    const std::size_t from = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    const std::string_view word = text.substr(from, at - from);
    if (word.size() < 4 || word.size() > 20) continue;
    const auto same = [&](std::string_view other) { return is_same_word(other, word); };
    // Long texts say the same words again and again.
    if (std::any_of(topics.begin(), topics.end(), same)) continue;
    if (std::none_of(empty_words.begin(), empty_words.end(), same)) topics.push_back(word);
  }
  return topics;
}

std::string sentences(const std::vector<std::string_view>& topics, int words, Dice& dice) {
  std::string text;
  std::size_t form = dice.below(forms.size());
  for (int have = 0; have < words;) {
    const std::string_view sentence = forms[form];
    const bool own = !topics.empty() && dice.below(4) != 0;
    const std::string_view topic =
        own ? topics[dice.below(topics.size())] : any(plain_topics, dice);
    if (!text.empty()) text += ' ';
    const auto hole = sentence.find('~');
    text.append(sentence.substr(0, hole)).append(topic).append(sentence.substr(hole + 1));
    have += words_in(sentence);
    form =
        (form + 1 + dice.below(forms.size() - 1)) % forms.size();  // never the same twice in a row
  }
  return text;
}

std::string phrase(const std::vector<std::string_view>& topics, int words, Dice& dice) {
  std::string text;
  for (int i = 0; i < words; ++i) {
    if (i != 0) text += ' ';
    const bool own = !topics.empty() && dice.below(2) != 0;
    text += own ? topics[dice.below(topics.size())] : any(plain_words, dice);
  }
  return text;
}

}  // namespace wye
