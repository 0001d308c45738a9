// Writing heads and chunk heads.
#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "base/grow.h"
#include "wire/http1.h"
#include "wire/scan.h"

namespace wye {
namespace {

std::string_view spell(std::array<char, 24>& digits, std::uint64_t number, int base) {
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

bool is_one_line(std::string_view text) {
  const char* const end = text.data() + text.size();
  return scan::find<scan::Control>(text.data(), end) == end;
}

// `text` with a space in place of every byte that could end the line.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (scan::Control::matches(static_cast<unsigned char>(c))) c = ' ';
  return line;
}

// Grows the string once a line, not four times.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  char* at = grow(out, name.size() + value.size() + 4);
  const auto put = [&](std::string_view part) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  };
  put(name);
  put(": ");
  put(value);
  put("\r\n");
}

}  // namespace

void write_status_line(std::string& out, int status) {
  std::array<char, 24> digits;
  out += "HTTP/1.1 ";
  out += spell(digits, static_cast<std::uint64_t>(status), 10);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

void write_request_line(std::string& out, std::string_view method, std::string_view target) {
  out += method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
}

void write_header(std::string& out, std::string_view name, std::string_view value) {
  if (is_one_line(name) && is_one_line(value)) [[likely]]
    append_header(out, name, value);
  else
    append_header(out, one_line(name), one_line(value));
}

void write_header(std::string& out, std::string_view name, std::uint64_t value) {
  std::array<char, 24> digits;
  write_header(out, name, spell(digits, value, 10));
}

void write_chunk_head(std::string& out, std::size_t size) {
  std::array<char, 24> digits;
  out += spell(digits, size, 16);
  out += "\r\n";
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 529: return "Overloaded";
    default: return status < 400 ? "OK" : "Error";
  }
}

}  // namespace wye
