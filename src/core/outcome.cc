// The names of usage sources and finish reasons, as records keep them.
#include "core/outcome.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto usage_sources =
    names_of<UsageSource, UsageSource::estimated>("none", "provider", "counted", "estimated");

constexpr auto finish_reasons = names_of<FinishReason, FinishReason::other>(
    "none", "stop", "length", "tool_calls", "content_filter", "error", "other");

constexpr auto resumes = names_of<Resume, Resume::again>("none", "prefix", "again");

}  // namespace

std::string_view to_string(UsageSource source) { return usage_sources.of(source); }
std::string_view to_string(FinishReason reason) { return finish_reasons.of(reason); }
std::string_view to_string(Resume resume) { return resumes.of(resume); }
std::optional<Resume> resume_from(std::string_view name) { return resumes.find(name); }
std::optional<UsageSource> usage_source_from(std::string_view name) {
  return usage_sources.find(name);
}
std::optional<FinishReason> finish_reason_from(std::string_view name) {
  return finish_reasons.find(name);
}

}  // namespace wye
