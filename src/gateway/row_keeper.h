// Row keeper: has the rows of all requests that end in one turn of the loop written together, and
// lets their coroutines go on when that is done. One write costs a small request a tenth of its
// time. Belongs to one loop.
#pragma once

#include <coroutine>
#include <vector>

#include "gateway/books.h"

namespace wye {

class RowKeeper {
 public:
  RowKeeper(World& world, Books& books, const BooksClient& loop)
      : world_(world), books_(books), loop_(loop) {}
  RowKeeper(const RowKeeper&) = delete;
  RowKeeper& operator=(const RowKeeper&) = delete;

  // Suspends until the row is in the kernel. A Fault of kind store when it is not: the request must
  // then fail, and its row is kept in memory for later.
  Async<Result<void>> keep(Books::Append work);

 private:
  struct Awaiter {
    RowKeeper& keeper;
    std::coroutine_handle<> waiter{};
    Result<void> kept{};
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter = handle;
      keeper.join(*this);
    }
    Result<void> await_resume() { return std::move(kept); }
  };

  void join(Awaiter& awaiter);
  void commit();

  World& world_;
  Books& books_;
  const BooksClient& loop_;
  std::vector<Awaiter*> waiting_;
  std::vector<Awaiter*> resuming_;
};

}  // namespace wye
