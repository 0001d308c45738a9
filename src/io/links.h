// Links: one place in a circular doubly-linked list that owns nothing. Joining and leaving cost no
// memory and no search; a member that dies leaves by itself.
//
// Belongs to one loop.
#pragma once

namespace wye {

class Links {
 public:
  Links() = default;
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;
  ~Links() { leave(); }

  // For the head of a list: true when it has no members. For a member: true when it is in no list.
  bool alone() const { return next_ == this; }
  Links* next() const { return next_; }

  void leave() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }
  // Joins the list of `head` at its end.
  void join(Links& head) {
    leave();
    previous_ = head.previous_;
    next_ = &head;
    previous_->next_ = this;
    head.previous_ = this;
  }
  // Takes over all members of `other`; this must be alone.
  void take_all(Links& other) {
    if (other.alone()) return;
    next_ = other.next_;
    previous_ = other.previous_;
    next_->previous_ = this;
    previous_->next_ = this;
    other.next_ = other.previous_ = &other;
  }

 private:
  Links* next_ = this;
  Links* previous_ = this;
};

}  // namespace wye
