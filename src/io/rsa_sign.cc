#include "io/rsa_sign.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace wye {
namespace {

template <auto free_one>
struct Free {
  template <class T>
  void operator()(T* one) const {
    free_one(one);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

PrivateKey read_key(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return nullptr;
  // Without this callback OpenSSL would ask the terminal for a passphrase.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  return PrivateKey(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
}

}  // namespace

Result<std::string> sign_rs256(std::string_view private_key_pem, std::string_view text) {
  const PrivateKey key = read_key(private_key_pem);
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
    return fail(FaultKind::config, "the private key of the service account is no RSA key in PEM");
  }
  const Context context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = 0;
  std::string out;
  if (context &&
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) == 1) {
    out.resize(length);
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_DigestSign(context.get(), to, &length, bytes, text.size()) == 1) {
      out.resize(length);
      return out;
    }
  }
  return fail(FaultKind::internal, "signing with the key of the service account failed");
}

}  // namespace wye
