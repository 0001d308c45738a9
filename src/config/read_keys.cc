// keys: virtual keys, of which only hashes are kept; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

void read_hash_of(Loading& loading, const Entry& entry, Key& key) {
  const Node* secret = entry.value.find("secret");
  const Node* hash = entry.value.find("sha256");
  if ((secret == nullptr) == (hash == nullptr)) {
    loading.add(Code::one_of_keys, place_of(entry),
                fmt::format("key \"{}\" {}", entry.key,
                            secret == nullptr ? "needs \"secret\" or \"sha256\""
                                              : "has both \"secret\" and \"sha256\""));
    return;
  }
  if (hash != nullptr) {
    key.hash = read_hash(hash).value_or(Sha256{});
    return;
  }
  // Without its secret the hash stays all zeros, which no secret has, so the key lets nobody in.
  const std::string text = read_secret(loading, *secret);
  if (!text.empty()) key.hash = sha256(text);
}

void check_same_secret(Loading& loading, const Entry& entry, const Key& key) {
  if (key.hash == Sha256{}) return;
  for (const Key& other : loading.rules.keys) {
    if (other.hash != key.hash) continue;
    loading.add(Code::same_secret, place_of(entry),
                fmt::format("keys \"{}\" and \"{}\" have the same secret", other.name, key.name));
  }
}

void read_tasks_of(Loading& loading, const Entry& entry, Key& key) {
  for (const Node* name : read_list(entry.value.find("tasks"))) {
    const int task = find_task(loading, *name);
    if (task >= 0) key.tasks.push_back(task);
  }
  const Node* task = entry.value.find("task");
  if (task == nullptr) return;
  key.default_task = find_task(loading, *task);
  const bool allowed = key.tasks.empty() || std::find(key.tasks.begin(), key.tasks.end(),
                                                      key.default_task) != key.tasks.end();
  if (key.default_task < 0 || allowed) return;
  loading.add(Code::default_task_forbidden, place_of(*task),
              fmt::format("key \"{}\" may not use its default task \"{}\"", key.name, task->text),
              "add it to its tasks");
}

void read_expiry(Loading& loading, const Entry& entry, Key& key) {
  const Node* node = entry.value.find("expires");
  key.expires = read_date(node).value_or(0);
  if (key.expires == 0 || key.expires > loading.environment.now) return;
  loading.add(Code::key_expired, place_of(*node),
              fmt::format("key \"{}\" expired on {}", key.name, node->text));
}

void check_listener(Loading& loading, std::string_view which, const ListenAddress& address) {
  if (!loading.rules.keys.empty() || address.host == "localhost" || address.host == "::1" ||
      address.host.starts_with("127.")) {
    return;
  }
  const Node* server = loading.root.find("server");
  const Node* node = server == nullptr ? nullptr : server->find(which);
  loading.add(
      Code::open_listener, node == nullptr ? Place{} : place_of(*node),
      fmt::format(
          "{} is open to other machines and there are no keys: only clients on this machine are "
          "answered",
          which),
      "configure keys");
}

// The table of keys knows the words; so far there is one.
void read_roles(const Entry& entry, Key& key) {
  key.may_drill = !read_list(entry.value.find("roles")).empty();
}

}  // namespace

void read_keys(Loading& loading) {
  for (const Entry& entry : loading.entries("keys")) {
    Key key;
    key.name = entry.key;
    key.where = entry.where;
    key.team = read_text(entry.value.find("team"));
    read_hash_of(loading, entry, key);
    check_same_secret(loading, entry, key);
    read_tasks_of(loading, entry, key);
    read_expiry(loading, entry, key);
    read_roles(entry, key);
    loading.rules.keys.push_back(std::move(key));
  }
  check_listener(loading, "listen", loading.rules.server.listen);
  loading.rules.index_names();
}

}  // namespace wye::config
