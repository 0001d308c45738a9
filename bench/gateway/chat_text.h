// The words of the benchmark: request heads and bodies as openai-python sends them, and the text
// that the mock upstream answers with. All of it is a function of its size, so the load generator
// can check an answer to the byte without asking the mock. Each request carries a number in its
// `user` field ("bench-0000000123"); the mock gives the number back in `system_fingerprint`
// ("fp_0000000123"), so an answer that reached the wrong client is found out.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

constexpr int kNumberDigits = 10;   // digits of the request number
constexpr int kSequenceDigits = 7;  // digits of a content chunk's place in its stream
constexpr char kUserMark[] = "bench-";
constexpr char kEchoMark[] = "\"fp_";
constexpr char kSequenceMark[] = "\"#";

// A chat.completion of `body_bytes` (or the smallest one), and the content in it. The content has
// no characters that JSON escapes, so a gateway which rebuilds the answer still has to send these
// very bytes.
std::string answer_body(size_t body_bytes);
std::string answer_content(size_t body_bytes);

struct ChatRequest {
  std::string text;      // head and body, ready to send
  size_t number_offset;  // where the digits of the request number go
};

// A request whose body is exactly `body_bytes` long (or as short as the smallest one gets).
ChatRequest make_chat_request(size_t body_bytes, bool stream, const std::string& model,
                              const std::string& key, int port);

}  // namespace bench
