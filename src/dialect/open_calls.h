// Open calls: the tool calls of a conversation, by id and by the tool's name, so that a result
// finds its call however many there are: a list would be searched for each of thousands, and a
// client could keep the loop busy for minutes. Pure; lives while one request is read or written.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace wye {

class OpenCalls {
 public:
  struct Call {
    std::string id, name;
    bool open = true;  // has no result yet
  };

  void add(std::string id, std::string name);
  std::size_t size() const { return calls_.size(); }

  // Valid until this object ends; null when there is none.
  Call* first_by_id(std::string_view id);   // open or not
  Call* oldest_by_id(std::string_view id);  // these three: open
  Call* oldest_by_name(std::string_view name);
  Call* oldest();

 private:
  // Places in calls_; those before `next` are open no more.
  struct Queue {
    std::vector<std::size_t> places;
    std::size_t next = 0;
  };
  using Index = std::unordered_map<std::string, Queue, StringHash, std::equal_to<>>;
  Call* oldest_in(Index& index, std::string_view key);

  std::deque<Call> calls_;
  Index by_id_, by_name_;
  std::size_t next_ = 0;  // all before are open no more
};

}  // namespace wye
