// OpenAI spans: from values to offsets in the body. Pure.
#include "dialect/openai_spans.h"

#include <string_view>

namespace wye::openai {
namespace {

Span span_of(std::string_view body, const std::optional<JsonValue>& value) {
  if (!value) return {};
  const JsonSpan span = value_span(body, *value);
  return {span.offset, span.length};
}

Span span_of(std::string_view body, const Cut& cut) {
  if (!cut.value) return {};
  const JsonSpan member = member_span(body, *cut.value);
  std::size_t from = member.offset;
  std::size_t to = member.end();
  if (cut.leading) {
    to = body.find(',', to) + 1;
  } else {
    from = body.rfind(',', from);
  }
  return {from, to - from};
}

}  // namespace

void set_spans(const Marks& marks, Ask& ask) {
  const std::string_view body = ask.body;
  ask.object_start = body.find('{') + 1;
  ask.model = span_of(body, marks.model);
  ask.stream_options = span_of(body, marks.stream_options);
  ask.include_usage = span_of(body, marks.include_usage);
  ask.reasoning_effort_member = span_of(body, marks.reasoning_effort);
  ask.reasoning_member = span_of(body, marks.reasoning);
  ask.thinking_member = span_of(body, marks.thinking);
  if (!marks.task.value) return;
  // An empty metadata object would be a change that the client did not ask for.
  ask.task_metadata_member =
      span_of(body, marks.metadata_members == 1 ? marks.metadata : marks.task);
}

}  // namespace wye::openai
