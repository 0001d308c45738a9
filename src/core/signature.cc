#include "core/signature.h"

namespace wye {
namespace {

constexpr std::string_view mark_in_id = ".wye1.";

std::string marked(const Signature& signature) {
  std::string out(signature_mark);
  return out.append(signature.maker).append(".").append(signature.data);
}

// `text` begins after the mark.
Signature unmarked(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {};
  return {std::string(text.substr(dot + 1)), std::string(text.substr(0, dot))};
}

}  // namespace

std::string carried(const Signature& signature, std::string_view own) {
  if (signature.maker.empty() || signature.maker == own) return signature.data;
  return marked(signature);
}

Signature brought_back(std::string_view text, std::string_view own) {
  if (text.starts_with(signature_mark)) return unmarked(text.substr(signature_mark.size()));
  return {std::string(text), text.empty() ? std::string() : std::string(own)};
}

std::string id_with(std::string_view id, const Signature& signature) {
  std::string out(id);
  if (!signature.empty()) out.append(".").append(marked(signature));
  return out;
}

IdAndSignature split_id(std::string_view id) {
  const std::size_t at = id.find(mark_in_id);
  if (at == std::string_view::npos) return {std::string(id), {}};
  return {std::string(id.substr(0, at)), unmarked(id.substr(at + mark_in_id.size()))};
}

}  // namespace wye
