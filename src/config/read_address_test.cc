// Addresses of the catalog, with the account's own parts in them.
#include <gtest/gtest.h>

#include "config/test_support.h"

namespace wye::config {
namespace {

std::string host_of(const std::string& region) {
  const LoadResult result =
      load("version: 1\nproviders: { aws: { kind: bedrock, region: " + region +
               ", api_key: \"${env:SECRET}\" } }\ndeployments: { d: { provider: aws, model: "
               "amazon.nova-pro-v1:0 } }\nroutes: { r: [d] }\n",
           "wye.yaml", test_catalog(), usual_environment());
  if (!result.rules) return format_text(result.diagnostics, "wye.yaml", result.shown_text);
  return result.rules->providers.front().base_url.host;
}

TEST(Address, RegionsOfAmazonInChinaHaveADomainOfTheirOwn) {
  EXPECT_EQ(host_of("eu-west-1"), "bedrock-runtime.eu-west-1.amazonaws.com");
  EXPECT_EQ(host_of("cn-north-1"), "bedrock-runtime.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(host_of("cn-northwest-1"), "bedrock-runtime.cn-northwest-1.amazonaws.com.cn");
}

// What is said of a provider's settings; "" when nothing is.
std::string said_of(const std::string& name, const std::string& settings) {
  const LoadResult result = load_text("version: 1\nproviders: { " + name + ": " + settings +
                                      " }\ndeployments: { d: { provider: " + name +
                                      ", model: m, price: { input: $1/M, output: $1/M } } }\n");
  std::string out;
  for (const Diagnostic& one : result.diagnostics) {
    if (one.code == Code::secret_missing) continue;
    out += format_code(one.code) + " " + one.message + " · " + one.suggestion + "\n";
  }
  return out;
}

std::string path_warning(const std::string& name, const std::string& is, const std::string& usual,
                         const std::string& meant) {
  return "WYE1508 base_url of provider \"" + name + "\" " + is + ", where " + usual +
         " is usual · is " + meant + " meant?";
}

TEST(Address, PathsThatAzuresPortalShows) {
  const auto azure = [](const std::string& url, bool with_version) {
    return said_of("az", "{ kind: azure, api_key: \"${env:SECRET}\", base_url: \"" + url + "\"" +
                             (with_version ? ", api_version: \"2024-10-21\" }" : " }"));
  };
  const std::string host = "https://x.openai.azure.com";
  EXPECT_EQ(azure(host + "/", true),
            path_warning("az", "has no path", "/openai", host + "/openai") + "\n");
  EXPECT_EQ(azure(host, false),
            path_warning("az", "has no path", "/openai/v1", host + "/openai/v1") + "\n");
  EXPECT_EQ(azure(host + "/openai/deployments/gpt-4o-prod", true),
            path_warning("az", "has the path /openai/deployments/gpt-4o-prod", "/openai",
                         host + "/openai") +
                " The name after /deployments/ is the model of a deployment\n");
  EXPECT_EQ(azure(host + "/openai", false),
            path_warning("az", "has the path /openai", "/openai/v1", host + "/openai/v1") + "\n");
  EXPECT_EQ(azure(host + "/v1", false),
            path_warning("az", "has the path /v1", "/openai/v1", host + "/openai/v1") + "\n");
  EXPECT_EQ(azure(host + "/openai/v1/", false), "");
  EXPECT_EQ(azure(host + "/openai/v1", true), "");
  EXPECT_EQ(azure(host + "/openai", true), "");
  EXPECT_EQ(azure("https://gateway.example.com/our/azure", false), "");
  EXPECT_EQ(said_of("az", "{ kind: openai_compatible, base_url: " + host + " }"),
            path_warning("az", "has no path", "/openai/v1", host + "/openai/v1") + "\n");
}

TEST(Address, PathsOfServersOfOnesOwn) {
  const std::string gpu = "http://gpu:11434";
  EXPECT_EQ(said_of("ollama", "{ base_url: \"" + gpu + "\" }"),
            path_warning("ollama", "has no path", "/v1", gpu + "/v1") + "\n");
  EXPECT_EQ(said_of("ollama", "{ base_url: \"" + gpu + "/api\" }"),
            path_warning("ollama", "has the path /api", "/v1", gpu + "/v1") + "\n");
  EXPECT_EQ(said_of("ollama", "{ dialect: ollama, base_url: \"" + gpu + "/api\" }"),
            path_warning("ollama", "has the path /api", "none", gpu) + "\n");
  EXPECT_EQ(said_of("ollama", "{ dialect: ollama, base_url: \"" + gpu + "\" }"), "");
  EXPECT_EQ(said_of("ollama", "{ dialect: ollama, base_url: \"" + gpu + "/v1\" }"), "");
  EXPECT_EQ(said_of("vllm", "{ base_url: \"http://gpu:8000/\" }"),
            path_warning("vllm", "has no path", "/v1", "http://gpu:8000/v1") + "\n");
  EXPECT_EQ(said_of("h", "{ kind: openai_compatible, base_url: \"http://[::1]:8000\" }"),
            path_warning("h", "has no path", "/v1", "http://[::1]:8000/v1") + "\n");
  // Other servers may have an interface below /api, and a few have no path at all.
  EXPECT_EQ(said_of("h", "{ kind: openai_compatible, base_url: \"http://gpu:3000/api\" }"), "");
  EXPECT_EQ(said_of("h", "{ kind: openai_compatible, base_url: \"https://api.perplexity.ai\" }"),
            "");
  EXPECT_EQ(said_of("anthropic", "{ base_url: \"https://api.anthropic.com\" }"),
            path_warning("anthropic", "has no path", "/v1", "https://api.anthropic.com/v1") + "\n");
  EXPECT_EQ(said_of("bedrock",
                    "{ api_key: \"${env:SECRET}\", base_url: "
                    "\"https://bedrock-runtime.eu-west-1.amazonaws.com\" }"),
            "");
}

// Every address of the catalog is one that would be accepted.
TEST(Address, ThoseOfTheCatalogAreUsual) {
  for (const CatalogProvider& vendor : test_catalog().providers()) {
    if (vendor.base_url.find('{') != std::string::npos) continue;
    EXPECT_EQ(said_of(vendor.name, "{ base_url: \"" + vendor.base_url + "\" }"), "");
  }
}

constexpr std::string_view on_vertex = R"(version: 1
providers: { vertex: { region: europe-west4 } }
deployments: { d: { provider: vertex, model: gemini-3.8-flash } }
)";

std::vector<Code> codes_of(const LoadResult& result) {
  std::vector<Code> out;
  for (const Diagnostic& one : result.diagnostics) out.push_back(one.code);
  return out;
}

TEST(Address, TheProjectMayBeInCredentialsThatAreNotHere) {
  const LoadResult checked = load_text(on_vertex);
  EXPECT_TRUE(checked.rules);
  EXPECT_EQ(codes_of(checked), std::vector{Code::secret_missing});
  const LoadResult served =
      load(on_vertex, "wye.yaml", test_catalog(), usual_environment(), {.secrets_required = true});
  EXPECT_FALSE(served.rules);
  EXPECT_EQ(codes_of(served), std::vector{Code::secret_missing});
}

TEST(Address, CredentialsWithoutAProjectNeedOne) {
  const Environment environment = test_environment(
      {{"GOOGLE_APPLICATION_CREDENTIALS", "user.json"}},
      {{"user.json",
        R"({"type":"authorized_user","client_id":"i","client_secret":"s","refresh_token":"r"})"}});
  const LoadResult result = load(on_vertex, "wye.yaml", test_catalog(), environment);
  EXPECT_EQ(codes_of(result), std::vector{Code::url_placeholder});
}

}  // namespace
}  // namespace wye::config
