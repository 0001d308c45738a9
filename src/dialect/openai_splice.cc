// OpenAI splice: the provider's body made of the client's, by cutting and inserting. Only what must
// differ differs: the model's name, the gateway's own metadata, what the provider needs to be asked
// so that usage can be counted. The rest is sent as the client wrote it, and is not copied. Pure.
#include <array>
#include <cstddef>

#include "dialect/openai.h"
#include "dialect/openai_habits.h"
#include "dialect/reserved.h"
#include "wire/url_encode.h"

namespace wye::openai {
namespace {

constexpr std::string_view usage_option_member = R"("stream_options":{"include_usage":true},)";
constexpr std::string_view usage_option_object = R"({"include_usage":true})";
constexpr std::string_view usage_member_alone = R"("include_usage":true)";
constexpr std::string_view usage_member_first = R"("include_usage":true,)";
constexpr std::string_view no_store_member = R"("store":false,)";

struct Edit {
  Span span;  // of the body; length 0 inserts at its offset
  std::string_view text;
};

// The edits of one body. There are at most seven, and they never overlap: each is another member.
class EditList {
 public:
  void add(Span span, std::string_view text) {
    std::size_t at = count_++;
    for (; at > 0 && stands_before(span, edits_[at - 1].span); --at) edits_[at] = edits_[at - 1];
    edits_[at] = {span, text};
  }
  void remove(Span span) {
    if (span.present()) add(span, "");
  }

  void cut(std::string_view body, std::vector<std::string_view>& pieces) const {
    std::size_t from = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const Edit& edit = edits_[i];
      push(pieces, body.substr(from, edit.span.offset - from));
      push(pieces, edit.text);
      from = edit.span.offset + edit.span.length;
    }
    push(pieces, body.substr(from));
  }

 private:
  // What is put in front of a member that goes comes first.
  static bool stands_before(Span a, Span b) {
    if (a.offset != b.offset) return a.offset < b.offset;
    return !a.present() && b.present();
  }

  static void push(std::vector<std::string_view>& pieces, std::string_view piece) {
    if (!piece.empty()) pieces.push_back(piece);
  }

  std::array<Edit, 8> edits_;
  std::size_t count_ = 0;
};

// Asks for the usage chunk of a stream, unless the client did so already.
void ask_for_usage(const Ask& ask, EditList& edits) {
  if (ask.client_wants_usage) return;
  if (ask.include_usage.present()) return edits.add(ask.include_usage, "true");
  if (!ask.stream_options.present()) return edits.add({ask.object_start, 0}, usage_option_member);
  const std::string_view body = ask.body;
  const std::size_t start = ask.stream_options.offset;
  if (body[start] != '{') return edits.add(ask.stream_options, usage_option_object);  // null
  const bool has_members = body[body.find_first_not_of(" \t\r\n", start + 1)] != '}';
  edits.add({start + 1, 0}, has_members ? usage_member_first : usage_member_alone);
}

// A client may leave the model of a moderation out; then it goes in front of all other members, of
// which there is one at least: the input.
void set_model(const Ask& ask, std::string_view model, std::string& owned, EditList& edits) {
  if (!ask.model.present()) owned = R"("model":)";
  append_json_string(owned, model);
  if (ask.model.present()) return edits.add(ask.model, owned);
  owned += ',';
  edits.add({ask.object_start, 0}, owned);
}

bool must_not_be_stored(const Ask& ask) { return ask.zdr && ask.facts.endpoint == Endpoint::chat; }

}  // namespace

std::string path_of(Endpoint endpoint, const Deployment& deployment, const Provider& provider) {
  const std::string_view path = endpoint == Endpoint::embeddings    ? "/embeddings"
                                : endpoint == Endpoint::moderations ? "/moderations"
                                                                    : "/chat/completions";
  // Azure's older addresses name the model, which is called a deployment there, too.
  if (provider.hosting != Hosting::azure || provider.api_version.empty()) return std::string(path);
  std::string out = "/deployments/";
  out.append(url_encode(deployment.model)).append(path);
  return out.append("?api-version=").append(provider.api_version);
}

bool can_splice(const Ask& ask, const Provider& provider) {
  const ChatHabits& habits = provider.habits;
  const bool limit = ask.limit_is_completion && habits.output_limit == OutputLimit::max_tokens;
  const bool developer = ask.has_developer && !habits.developer_role;
  const bool seed = ask.facts.needs.has(Ability::seed) && habits.random_seed;
  const bool options = ask.stream_options.present() && !habits.stream_options;
  const bool user = ask.facts.user_hash != 0 && !habits.user;
  const bool ids = ask.has_calls && habits.tool_id_length > 0;
  const bool effort = ask.reasoning_effort_member.present() && !habits.reasoning_efforts.empty();
  const bool destination = names_destination(ask, provider);
  const bool store = must_not_be_stored(ask) && ask.says_store;
  return !(limit || developer || seed || options || user || ids || effort || destination || store);
}

ProviderRequest splice(const Ask& ask, const Deployment& deployment, const Provider& provider,
                       bool drop_reasoning) {
  ProviderRequest request;
  request.path = path_of(ask.facts.endpoint, deployment, provider);
  request.stream = ask.facts.stream;
  request.owned.emplace_back();
  EditList edits;
  set_model(ask, deployment.model, request.owned.back(), edits);
  edits.remove(ask.task_metadata_member);
  if (must_not_be_stored(ask) && keeps_unasked(provider)) {
    edits.add({ask.object_start, 0}, no_store_member);
  }
  if (ask.facts.stream && provider.stream_usage == StreamUsage::option) ask_for_usage(ask, edits);
  if (drop_reasoning) {
    edits.remove(ask.reasoning_effort_member);
    edits.remove(ask.reasoning_member);
    edits.remove(ask.thinking_member);
  }
  request.body.reserve(16);
  edits.cut(ask.body, request.body);
  for (const std::string_view piece : request.body) request.body_bytes += piece.size();
  return request;
}

}  // namespace wye::openai
