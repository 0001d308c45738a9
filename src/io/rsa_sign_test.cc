#include "io/rsa_sign.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace wye {
namespace {

std::string pem_of(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return pem;
}

bool verifies(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key);
  const int good = EVP_DigestVerify(
      context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  return good == 1;
}

TEST(SignRs256, TheKeysOwnerIsKnownByTheSignature) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  ASSERT_NE(key, nullptr);
  const auto signature = sign_rs256(pem_of(key), "header.claims");
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 256u);
  EXPECT_TRUE(verifies(key, "header.claims", *signature));
  EXPECT_FALSE(verifies(key, "header.claimz", *signature));
  EVP_PKEY_free(key);
}

TEST(SignRs256, WhatIsNoRsaKeyIsRefusedWithoutRepeatingIt) {
  EVP_PKEY* curve = EVP_EC_gen("P-256");
  for (const std::string& pem :
       {std::string(), std::string("-----BEGIN PRIVATE KEY-----\nSECRET\n"), pem_of(curve)}) {
    const auto refused = sign_rs256(pem, "x");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FaultKind::config);
    EXPECT_EQ(refused.error().message.find("SECRET"), std::string::npos);
  }
  EVP_PKEY_free(curve);
}

}  // namespace
}  // namespace wye
