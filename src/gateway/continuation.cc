#include "gateway/continuation.h"

#include <algorithm>
#include <limits>

#include "gateway/count_answer.h"
#include "gateway/seam.h"
#include "wire/token_sample.h"

namespace wye {
namespace {

std::int64_t tokens_of(const Answer& sent, Encoding encoding) {
  std::int64_t tokens = 0;
  const auto add = [&](std::string_view text) {
    tokens += sample_tokens(encoding, text, counted_bytes_max).tokens;
  };
  for (const Choice& choice : sent.choices) {
    for (const Part& part : choice.parts) {
      if (const auto* text = std::get_if<Text>(&part.body)) add(text->text);
      if (const auto* thought = std::get_if<Reasoning>(&part.body)) add(thought->text);
    }
  }
  return tokens;
}

}  // namespace

std::int64_t output_tokens_left(const Exchange& x) {
  const std::int64_t most = x.ask.facts.output_tokens_max;
  if (most < 0 || !x.sent || x.record.served_by < 0)
    return std::numeric_limits<std::int64_t>::max();
  const std::int64_t said = tokens_of(*x.sent, encoding_of(x.deployment(x.record.served_by).model));
  return std::max<std::int64_t>(1, most - said * 3 / 4);
}

std::unique_ptr<StreamWriter> writer_after(const Exchange& x, const Answer& sent) {
  std::unique_ptr<StreamWriter> writer = x.dialect->open_writer(x.ask);
  std::string had;
  for (const Delta& delta : deltas_of(sent)) writer->write(delta, had);
  return writer;
}

}  // namespace wye
