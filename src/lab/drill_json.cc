// A drill as a JSON document, for machines and for the store.
#include "lab/drill_verdict.h"
#include "wire/json.h"

namespace wye {
namespace {

void write_counts(JsonWriter& json, std::string_view name,
                  const std::map<std::string, std::int64_t>& counts) {
  json.key(name).begin_object();
  for (const auto& [key, count] : counts) json.field(key.empty() ? "fixed_answer" : key, count);
  json.end_object();
}

void write_figures(JsonWriter& json, std::string_view name, const DrillFigures& figures) {
  json.key(name).begin_object();
  json.field("requests", figures.requests).field("answered", figures.answered);
  json.field("answered_ppm", figures.answered_ppm()).field("degraded", figures.degraded);
  write_counts(json, "failed", figures.failed);
  write_counts(json, "served", figures.served);
  json.field("ttft_p50_us", figures.ttft_p50_us).field("ttft_p99_us", figures.ttft_p99_us);
  json.field("total_p50_us", figures.total_p50_us).field("total_p99_us", figures.total_p99_us);
  json.field("calls", figures.calls).field("cost_nanousd", figures.cost_nanousd);
  json.end_object();
}

void write_traffic(JsonWriter& json, const DrillStory& story) {
  const Traffic& traffic = story.traffic;
  json.key("traffic").begin_object().field("synthetic", traffic.synthetic);
  json.field("requests", static_cast<std::int64_t>(traffic.asks.size()));
  json.field("left_out", traffic.left_out).field("speed", traffic.speed);
  if (!traffic.synthetic) {
    json.field("first", format_time_utc(traffic.first));
    json.field("last", format_time_utc(traffic.last));
  }
  json.key("paces").begin_object();
  for (std::size_t i = 0; i < traffic.paces.size(); ++i) {
    const DeploymentPace& pace = traffic.paces[i];
    json.key(story.rules.deployments[i].name).begin_object().field("measured", pace.measured);
    json.field("answers", pace.answers).field("ttft_ms", pace.ttft_ms);
    json.field("tokens_per_second", pace.tokens_per_second).field("jitter", pace.jitter);
    json.field("tokens_min", pace.tokens_min).field("tokens_max", pace.tokens_max).end_object();
  }
  json.end_object().end_object();
}

void write_live(JsonWriter& json, const LiveFacts& live) {
  json.field("drill", live.id).field("by", live.by).field("ended", format_time_utc(live.ended));
  json.field("ended_because", live.ended_because).field("injected_attempts", live.injected);
  json.field("left_out", live.left_out);
}

void write_timeline(JsonWriter& json, const DrillVerdict& verdict) {
  json.key("timeline").begin_object().field("bucket_us", verdict.bucket_us);
  json.key("buckets").begin_array();
  for (const DrillBucket& bucket : verdict.timeline) {
    json.begin_object().field("target", bucket.target).field("elsewhere", bucket.elsewhere);
    json.field("degraded", bucket.degraded).field("failed", bucket.failed).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string drill_json(const DrillStory& story) {
  const DrillVerdict& verdict = story.verdict;
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("at", format_time_utc(story.at))
      .field("mode", story.live == nullptr ? "shadow" : "live");
  if (story.live != nullptr) write_live(json, *story.live);
  json.field("policy", story.rules.fingerprint);
  json.field("fault", to_string(story.plan.fault)).field("target", story.plan.target.name);
  json.field("task", story.task).field("for_ms", story.plan.for_ms);
  json.field("share", story.plan.share).field("seed", story.plan.seed);
  json.field("met", verdict.met()).field("success_ppm", verdict.success_ppm);
  json.field("expected_ppm", verdict.expected_ppm);
  json.field("target_served_undisturbed", verdict.target_served_undisturbed);
  json.field("extra_cost_nanousd", verdict.extra_cost_nanousd);
  json.field("opened_after_us", verdict.opened_after_us).field("probes", verdict.probes);
  json.field("back_after_us", verdict.back_after_us);
  for (std::size_t i = 0; i < drill_phases.size(); ++i)
    write_figures(json, drill_phases[i], verdict.phases[i]);
  write_figures(json, "disturbed", verdict.disturbed);
  write_figures(json, "undisturbed", verdict.undisturbed);
  if (story.live == nullptr) write_traffic(json, story);
  write_timeline(json, verdict);
  json.end_object();
  return out;
}

}  // namespace wye
