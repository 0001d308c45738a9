// MOVED: the coroutine type is Async<T> in io/async.h ("Task" is the policy noun of core/rules.h).
// Use Async<T>; this alias is only for files not yet changed and will be deleted.
#pragma once
#include "io/async.h"
namespace wye {
template <class T>
using Task = Async<T>;
}
