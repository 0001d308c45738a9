// The keys of providers, deployments and routes; see schema.h.
#include "config/schema.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

ShapePtr price_shape() {
  const auto price = simple(Kind::price);
  return object({
      {.key = "input", .shape = price, .help = "Input tokens.", .required = true},
      {.key = "cache_read",
       .shape = price,
       .help = "Input tokens that the provider had cached; as input when not given."},
      {.key = "cache_write",
       .shape = price,
       .help = "Input tokens that the provider writes to its cache; as input when not given."},
      {.key = "output",
       .shape = price,
       .help = "Output tokens, reasoning included.",
       .required = true},
  });
}

ShapePtr deployment_limits_shape() {
  return object({
      {.key = "rpm", .shape = at_least(Kind::count, 1), .help = "Requests a minute."},
      {.key = "tpm",
       .shape = at_least(Kind::count, 1),
       .help = "Tokens a minute, input and output."},
      {.key = "parallel", .shape = at_least(Kind::count, 1), .help = "Requests at a time."},
  });
}

}  // namespace

std::vector<Field> provider_fields() {
  return {
      {.key = "kind",
       .shape = simple(Kind::text),
       .help = "Name of the vendor in the catalog, or openai_compatible for anything else that "
               "speaks the "
               "OpenAI dialect. When not given, the provider's own name."},
      {.key = "base_url",
       .shape = simple(Kind::url),
       .help =
           "Address up to, and without, /chat/completions: https://api.example.com/v1, "
           "http://gpu:11434/v1 for Ollama. azure: https://RESOURCE.openai.azure.com/openai/v1, "
           "and with `api_version` https://RESOURCE.openai.azure.com/openai, without "
           "/deployments/NAME, where NAME is the `model` of a deployment. From the catalog when "
           "not given. With an address of your own, `regions` and `zdr` are no longer taken "
           "from the catalog."},
      {.key = "api_key",
       .shape = simple(Kind::secret),
       .help = "Where the key of the account is. When not given, the variable that the catalog "
               "names for "
               "the vendor, such as OPENAI_API_KEY."},
      {.key = "credentials",
       .shape = simple(Kind::secret),
       .help = "vertex: the JSON key file of a service account or user. When not given, the file "
               "that GOOGLE_APPLICATION_CREDENTIALS names."},
      {.key = "access_key",
       .shape = simple(Kind::secret),
       .help = "bedrock: the access key id, when there is no api_key. When not given, "
               "AWS_ACCESS_KEY_ID."},
      {.key = "secret_key",
       .shape = simple(Kind::secret),
       .help = "bedrock: the secret access key. When not given, AWS_SECRET_ACCESS_KEY."},
      {.key = "session_token",
       .shape = simple(Kind::secret),
       .help = "bedrock: the session token of temporary keys. When not given, AWS_SESSION_TOKEN."},
      {.key = "resource",
       .shape = simple(Kind::text),
       .help = "azure: the name of the resource, first part of its address."},
      {.key = "project",
       .shape = simple(Kind::text),
       .help = "vertex: the project. When not given, that of the credentials."},
      {.key = "api_version",
       .shape = simple(Kind::text),
       .help = "azure: use the addresses with the deployment in them and this api-version, such as "
               "2024-10-21. When not given, the newer /openai/v1."},
      {.key = "catalog",
       .shape = simple(Kind::text),
       .help = "Vendor in the catalog whose models, prices and abilities hold here, for `kind: "
               "openai_compatible`."},
      {.key = "regions",
       .shape = nonempty(list_of(simple(Kind::text), true)),
       .help = "Where requests are processed, in words of yours (eu, us, on_prem ...); compared "
               "with the "
               "`regions` of a task."},
      {.key = "region",
       .shape = simple(Kind::text),
       .help = "The same for a single region. For bedrock and vertex it is also the region in the "
               "address, such as eu-west-1."},
      {.key = "zdr",
       .shape = simple(Kind::flag),
       .help = "True when your contract says that nothing is retained (zero data retention)."},
      {.key = "approved_for",
       .shape = nonempty(list_of(simple(Kind::text), true)),
       .help = "Data classes that this provider may see."},
      {.key = "ca_file",
       .shape = simple(Kind::text),
       .help = "PEM file of further certificates to trust, for a server with a certificate of your "
               "own."},
      {.key = "dialect",
       .shape = words({{"openai", "OpenAI Chat Completions and its neighbours"},
                       {"responses", "OpenAI Responses"},
                       {"anthropic", "Anthropic Messages (vertex: the models of Anthropic there)"},
                       {"gemini", "Gemini generateContent"},
                       {"bedrock", "Bedrock Converse"},
                       {"cohere", "Cohere v2"},
                       {"ollama", "Ollama's own"},
                       {"voyage", "Voyage"}}),
       .help = "Which of the vendor's interfaces is used. From the catalog when not given."},
  };
}

std::vector<Field> deployment_fields() {
  return {
      {.key = "provider", .shape = name_of("provider"), .help = "Whose account.", .required = true},
      {.key = "model",
       .shape = simple(Kind::text),
       .help = "The model as the provider spells it.",
       .required = true},
      {.key = "price",
       .shape = price_shape(),
       .help = "What tokens cost, where the catalog does not know it or your contract differs."},
      {.key = "context",
       .shape = at_least(Kind::count, 1),
       .help = "Context window in tokens. From the catalog when not given."},
      {.key = "output_max",
       .shape = at_least(Kind::count, 1),
       .help = "Most output tokens. From the catalog when not given."},
      {.key = "abilities",
       .shape = list_of(ability_words()),
       .help = "All that the model can do. From the catalog when not given; when the catalog does "
               "not know "
               "the model either, nothing is refused for a missing ability."},
      {.key = "endpoints",
       .shape = nonempty(list_of(endpoint_words())),
       .help = "What the model serves. From the catalog when not given; otherwise everything."},
      {.key = "limits",
       .shape = deployment_limits_shape(),
       .help = "Limits of the account at the provider; requests beyond them go to the next "
               "deployment."},
  };
}

std::vector<Field> route_fields() {
  return {
      {.key = "strategy",
       .shape = words({{"priority", "in the order of the list"},
                       {"weighted", "by chance, in proportion to the weights"},
                       {"lowest_cost", "the cheapest for this request first"},
                       {"lowest_latency", "the fastest of late first"},
                       {"least_busy", "the one with the fewest requests in flight first"},
                       {"headroom", "the one furthest from its limits first"}}),
       .help = "Which deployment comes first; the others follow as its fallbacks.",
       .default_text = "priority, or weighted when there are weights"},
      {.key = "deployments",
       .shape = either({nonempty(list_of(name_of("deployment"))),
                        nonempty(map_of("weight of deployment", integer(0, 1'000'000)))}),
       .help = "A list of deployments, or a map of deployments to weights.",
       .required = true},
      {.key = "sticky",
       .shape = words({{"none", "every request on its own"},
                       {"user", "requests of one `user` go to one deployment"},
                       {"prompt_cache",
                        "requests that begin alike go to one deployment, whose cache is warm"}}),
       .help = "What keeps requests together.",
       .default_text = "none"},
  };
}

}  // namespace wye::config
