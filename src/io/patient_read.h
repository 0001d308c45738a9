// A read that holds a buffer only while bytes are likely: after a quarter of a second of silence
// the buffer is given back, and taken again when the stream has something. So thousands of quiet
// connections cost no read buffers, and busy ones no extra system call. Belongs to one connection.
#pragma once

#include "io/async.h"
#include "io/buffer.h"
#include "io/stream.h"
#include "io/world.h"

namespace wye {

// Appends to `into` what one read gives.
Async<IoResult> patient_read(World& world, Stream& stream, Buffer& into, MonoUs deadline);

}  // namespace wye
