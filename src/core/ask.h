// Ask: what a client wants. It keeps the body as it came, with the places where it may be spliced,
// and the facts that a decision needs. The content in full (core/content.h) is read only when the
// answer comes from a provider of another dialect.
//
// Belongs to the coroutine that serves the request. Move only: the spans are offsets into `body`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/ask_facts.h"
#include "core/deployment.h"

namespace wye {

// A piece of the body, by offset; length 0 means "not there".
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool present() const { return length != 0; }
};

struct Ask {
  DialectId dialect = DialectId::openai;
  AskFacts facts;
  std::string body;  // as received, with slack behind its end for the parser

  // Where the OpenAI family may be edited without rebuilding the body. Offsets of whole values.
  Span model;                    // with its quotes
  Span stream_options;           // the object
  Span include_usage;            // its literal inside stream_options
  Span task_metadata_member;     // `"task":"..."` with the comma that goes with it
  Span reasoning_effort_member;  // `"reasoning_effort":...` with its comma
  Span reasoning_member;         // `"reasoning":{...}` with its comma
  Span thinking_member;          // `"thinking":{...}` with its comma
  Span labels_member;            // Gemini's `"labels":{...}`, without a comma
  std::size_t object_start = 0;  // just after the body's opening brace

  // The id and the time (seconds since 1970) of an answer whose provider gives it none: those of
  // the request. Whoever serves it sets them.
  std::string answer_id;
  std::int64_t answer_created = 0;
  // Its task wants zero data retention: no provider is to be asked to keep anything. Whoever asks
  // one sets it.
  bool zdr = false;

  Span top_n_name;  // the key "top_n" of a rerank, with its quotes

  // OpenAI. What some of its family spell otherwise.
  bool has_developer = false;        // a message of role developer
  bool has_calls = false;            // calls of tools, or answers to them
  bool limit_is_completion = false;  // max_completion_tokens was given
  bool says_store = false;           // a member by which a provider may be told to keep it
  bool chooses_destination = false;  // a member by which a provider may send it on to another
  bool joins_conversation = false;   // Responses: its provider adds it to one that it keeps

  bool client_wants_usage = false;   // stream_options.include_usage was true
  bool client_wants_base64 = false;  // encoding_format of embeddings was base64
  bool stream_as_array = false;      // Gemini's stream without alt=sse: one JSON array
  bool embedding_single = false;     // Gemini's embedContent: the answer is one, not a list

  // Anthropic. Its member spans are without commas: wire/splice.h finds those.
  bool system_among_messages = false;  // system messages that are no leading ones
  bool carries_signatures = false;     // of other makers (core/signature.h): nothing to splice
  std::string version;                 // header anthropic-version; whoever has the headers sets it
  std::string betas;                   // header anthropic-beta; the same

  Ask() = default;
  Ask(Ask&&) = default;
  Ask& operator=(Ask&&) = default;
  Ask(const Ask&) = delete;
  Ask& operator=(const Ask&) = delete;
};

}  // namespace wye
