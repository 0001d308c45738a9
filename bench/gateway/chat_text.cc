// Builds the texts that chat_text.h promises. Runs once at start-up, so it is written to be read.
#include "chat_text.h"

namespace bench {
namespace {

// Conversation pieces with the escapes that real prompts hold: newlines, quotes, tabs, \u.
constexpr const char* kUserPieces[] = {
    R"(Please summarise the ticket below for the on-call engineer.\n\nCustomer says: \"the export )"
    R"(stops at 40 %\" and the log shows\n\tERROR export.worker[17] timeout after 30000 ms\n)",
    R"(Here is the function:\n```python\ndef total(rows):\n    return sum(r[\"price\"] * )"
    R"(r[\"count\"] for r in rows)\n```\nIt fails with KeyError: 'price' for some rows. Why?)",
    R"(Translate into French, keep the tone: \"We are sorry for the delay \u2014 your refund of )"
    R"(\u20ac42.50 has been sent and should arrive within 3 days.\" Caf\u00e9 names stay as is.)",
};
constexpr const char* kAssistantPieces[] = {
    R"(The export worker hit its 30 s limit while writing page 40 of 100.\n\n1. Raise the limit )"
    R"(for this tenant.\n2. Retry the export.\n3. Watch `export.worker` for another timeout.)",
    R"(Some rows have no price, so the lookup raises. Use r.get(\"price\", 0), or reject such )"
    R"(rows where they enter, which also tells you who sends them.\n\nShall I write the check?)",
};
constexpr char kPadding[] = "and the next line of the same log says that nothing else went wrong; ";

std::string message(const char* role, const std::string& content) {
  return std::string(R"({"role":")") + role + R"(","content":")" + content + R"("})";
}

std::string padding(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += kPadding;
  text.resize(bytes);
  return text;
}

std::string answer_around(const std::string& content) {
  return R"({"id":"chatcmpl-0000000000","object":"chat.completion","created":1762000000,)"
         R"("model":"mock-1","choices":[{"index":0,"message":{"role":"assistant","content":")" +
         content +
         R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],)"
         R"("usage":{"prompt_tokens":420,"completion_tokens":64,"total_tokens":484},)"
         R"("service_tier":"default","system_fingerprint":"fp_0000000000"})";
}

std::string make_body(size_t body_bytes, bool stream, const std::string& model) {
  const std::string open =
      R"({"messages":[)" +
      message("system",
              R"(You are a careful assistant of an operations team. Answer in plain English.\n)"
              R"(Never invent numbers; say \"I do not know\" instead.)");
  const std::string close = R"(],"model":")" + model + R"(","max_completion_tokens":256,)" +
                            (stream ? R"("stream":true,"stream_options":{"include_usage":true},)"
                                    : R"("stream":false,)") +
                            R"("temperature":0.2,"user":"bench-0000000000"})";
  const size_t last_message_bytes = message("user", "").size() + 1;

  std::string body = open;
  for (int turn = 0;; ++turn) {
    bool user = turn % 2 == 0;
    std::string piece = user ? kUserPieces[turn / 2 % 3] : kAssistantPieces[turn / 2 % 2];
    std::string next = "," + message(user ? "user" : "assistant", piece);
    if (body.size() + next.size() + last_message_bytes + close.size() > body_bytes) break;
    body += next;
  }
  size_t used = body.size() + last_message_bytes + close.size();
  body += "," + message("user", padding(used < body_bytes ? body_bytes - used : 0));
  return body + close;
}

}  // namespace

std::string answer_body(size_t body_bytes) { return answer_around(answer_content(body_bytes)); }

std::string answer_content(size_t body_bytes) {
  size_t around_bytes = answer_around("").size();
  return padding(body_bytes > around_bytes ? body_bytes - around_bytes : 0);
}

ChatRequest make_chat_request(size_t body_bytes, bool stream, const std::string& model,
                              const std::string& key, int port) {
  std::string body = make_body(body_bytes, stream, model);
  std::string text =
      "POST /v1/chat/completions HTTP/1.1\r\n"
      "Host: 127.0.0.1:" +
      std::to_string(port) +
      "\r\n"
      "Accept-Encoding: gzip, deflate\r\n"
      "Connection: keep-alive\r\n"
      "Accept: application/json\r\n"
      "Content-Type: application/json\r\n"
      "User-Agent: OpenAI/Python 1.99.9\r\n"
      "X-Stainless-Lang: python\r\n"
      "X-Stainless-Package-Version: 1.99.9\r\n"
      "X-Stainless-OS: Linux\r\n"
      "X-Stainless-Arch: x64\r\n"
      "X-Stainless-Runtime: CPython\r\n"
      "X-Stainless-Runtime-Version: 3.11.2\r\n"
      "X-Stainless-Async: false\r\n"
      "X-Stainless-Retry-Count: 0\r\n"
      "Authorization: Bearer " +
      key +
      "\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  size_t number_offset = text.rfind(kUserMark) + sizeof kUserMark - 1;
  return {std::move(text), number_offset};
}

}  // namespace bench
