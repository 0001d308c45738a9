// Sim embeddings: unit vectors that depend on the text alone, and are the nearer the more words two
// texts share. Pure.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/sim_dom.h"
#include "lab/sim_fault.h"

namespace wye {

std::vector<float> embedding_of(std::string_view text, std::size_t dimensions);

struct SimEmbeddings {
  std::string body;
  std::int64_t prompt_tokens = 0;
};
// `request` is the whole body.
tl::expected<SimEmbeddings, SimRefusal> answer_embeddings(const dom::Element& request);

}  // namespace wye
