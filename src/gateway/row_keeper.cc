#include "gateway/row_keeper.h"

#include <utility>

namespace wye {

Async<Result<void>> RowKeeper::keep(Books::Append work) {
  Result<void> staged = books_.stage(loop_, std::move(work));
  if (!staged) co_return staged;
  Awaiter committed{*this};
  co_return co_await committed;
}

void RowKeeper::join(Awaiter& awaiter) {
  if (waiting_.empty()) world_.at_turn_end([this] { commit(); });
  waiting_.push_back(&awaiter);
}

// Whoever goes on may end its next request at once, and then belongs to the next commit.
void RowKeeper::commit() {
  const Result<void> kept = books_.commit(loop_);
  resuming_.swap(waiting_);
  for (Awaiter* awaiter : resuming_) {
    awaiter->kept = kept;
    awaiter->waiter.resume();
  }
  resuming_.clear();
}

}  // namespace wye
