// What a recorded answer of a provider says: its text and its calls of functions, read by the
// simplest code that does, so that what a client library makes of the same answer behind wye can be
// compared. A recording with anything else in it (a server's own tools, pictures), without its end,
// or without words gives null.

const events = (body) =>
  body
    .split(/\r?\n\r?\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n'),
    )
    .filter((data) => data !== '' && data !== '[DONE]')
    .map((data) => JSON.parse(data));

const lines = (body) => body.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line));

// The payloads of an AWS event stream, each under its type.
function frames(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const headersEnd = at + 12 + bytes.readUInt32BE(at + 4);
    let type = '';
    for (let h = at + 12; h < headersEnd; ) {
      const name = bytes.toString('utf8', h + 1, h + 1 + bytes[h]);
      const value = h + 1 + bytes[h] + 1;
      const length = bytes.readUInt16BE(value);
      if (name === ':event-type') type = bytes.toString('utf8', value + 2, value + 2 + length);
      h = value + 2 + length;
    }
    const end = at + bytes.readUInt32BE(at) - 4;
    out.push({ [type]: JSON.parse(bytes.toString('utf8', headersEnd, end)) });
  }
  return out;
}

class Unfit extends Error {}
const unfit = (why) => {
  throw new Unfit(why);
};

class Said {
  text = '';
  calls = [];
  add(text) {
    this.text += text ?? '';
  }
  call(key, name, json) {
    let call = this.calls.find((each) => each.key === key && key !== undefined);
    if (!call) this.calls.push((call = { key, name: '', json: '' }));
    call.name ||= name ?? '';
    call.json += json ?? '';
  }
}

function chatMessage(said, message, key) {
  if (!message) unfit('no message');
  if (message.refusal || message.function_call || message.audio || message.images) unfit('other parts');
  const parts = Array.isArray(message.content) ? message.content : [{ type: 'text', text: message.content }];
  for (const part of parts) {
    if (part.type === 'text') said.add(part.text);
    else if (part.type !== 'thinking') unfit(part.type);
  }
  for (const call of message.tool_calls ?? []) {
    if (call.type && call.type !== 'function') unfit('other tools');
    said.call(key(call), call.function?.name, call.function?.arguments);
  }
}

function chat(said, answer) {
  if (answer.choices?.length !== 1) unfit('several choices');
  chatMessage(said, answer.choices[0].message, () => undefined);
}

function chatStream(said, chunks) {
  let last = 0;
  let ended = false;
  const key = (call) => (last = call.index ?? (call.id ? last + 1 : last));
  for (const chunk of chunks) {
    if (chunk.error) unfit('an error');
    for (const choice of chunk.choices ?? []) {
      if (choice.index) unfit('several choices');
      chatMessage(said, choice.delta ?? {}, key);
      if (choice.finish_reason === 'error') unfit('an error');
      ended ||= Boolean(choice.finish_reason);
    }
  }
  if (!ended) unfit('no end');
}

function responsesItem(said, item) {
  if (item.type === 'function_call') return said.call(undefined, item.name, item.arguments);
  if (item.type === 'reasoning') return;
  if (item.type !== 'message') unfit(item.type);
  for (const part of item.content) part.type === 'output_text' ? said.add(part.text) : unfit(part.type);
}

function responses(said, answer) {
  if (!['completed', 'incomplete'].includes(answer.status)) unfit(answer.status);
  for (const item of answer.output ?? unfit('no output')) responsesItem(said, item);
}

function responsesStream(said, list) {
  if (!['response.completed', 'response.incomplete'].includes(list.at(-1)?.type)) unfit('no end');
  for (const event of list) if (event.type === 'response.output_item.done') responsesItem(said, event.item);
}

function messagesBlock(said, block) {
  if (block.type === 'text') said.add(block.text);
  else if (block.type === 'tool_use') said.call(undefined, block.name, JSON.stringify(block.input));
  else if (!['thinking', 'redacted_thinking'].includes(block.type)) unfit(block.type);
}

const messages = (said, answer) => (answer.content ?? unfit('no content')).forEach((block) => messagesBlock(said, block));

function messagesStream(said, list) {
  if (list.at(-1)?.type !== 'message_stop') unfit('no end');
  const blocks = [];
  for (const { type, index, content_block, delta } of list) {
    if (type === 'content_block_start') blocks[index] = { ...content_block, json: '' };
    if (delta?.type === 'text_delta') blocks[index].text += delta.text;
    if (delta?.type === 'input_json_delta') blocks[index].json += delta.partial_json;
  }
  for (const block of blocks) messagesBlock(said, block.json ? { ...block, input: JSON.parse(block.json) } : block);
}

function gemini(said, answer) {
  if ((answer.candidates?.length ?? 0) > 1) unfit('several choices');
  for (const part of answer.candidates?.[0]?.content?.parts ?? []) {
    if (part.functionCall) said.call(undefined, part.functionCall.name, JSON.stringify(part.functionCall.args ?? {}));
    else if (part.text === undefined) unfit(Object.keys(part).join());
    else if (!part.thought) said.add(part.text);
  }
}

function geminiStream(said, chunks) {
  for (const chunk of chunks) chunk.error ? unfit('an error') : gemini(said, chunk);
  if (!chunks.some((chunk) => chunk.candidates?.[0]?.finishReason)) unfit('no end');
}

function cohere(said, answer) {
  if (!answer.message) unfit('an older interface');
  for (const part of answer.message.content ?? []) {
    if (part.type === 'text') said.add(part.text);
    else if (part.type !== 'thinking') unfit(part.type);
  }
  for (const call of answer.message.tool_calls ?? []) said.call(undefined, call.function.name, call.function.arguments);
}

function cohereStream(said, list) {
  if (!list.some((event) => event.type === 'message-end')) unfit('no end');
  for (const { type, index, delta } of list) {
    const call = delta?.message?.tool_calls?.function;
    if (type === 'content-delta') said.add(delta.message.content.text);
    if (type === 'tool-call-start' || type === 'tool-call-delta') said.call(index, call.name, call.arguments);
  }
}

function ollama(said, answer) {
  said.add((answer.message ?? unfit('no message')).content);
  for (const { function: call } of answer.message.tool_calls ?? [])
    said.call(undefined, call.name, JSON.stringify(call.arguments));
}

function ollamaStream(said, list) {
  if (!list.at(-1)?.done) unfit('no end');
  for (const line of list) ollama(said, line);
}

function converse(said, answer) {
  for (const block of answer.output?.message?.content ?? unfit('no message')) {
    if (block.text !== undefined) said.add(block.text);
    else if (block.toolUse) said.call(undefined, block.toolUse.name, JSON.stringify(block.toolUse.input));
    else if (!block.reasoningContent) unfit(Object.keys(block).join());
  }
}

function converseStream(said, list) {
  for (const { contentBlockStart: start, contentBlockDelta: piece } of list) {
    if (start?.start?.toolUse) said.call(start.contentBlockIndex, start.start.toolUse.name, '');
    if (start?.start && !start.start.toolUse) unfit('other blocks');
    said.add(piece?.delta?.text);
    if (piece?.delta?.toolUse) said.call(piece.contentBlockIndex, '', piece.delta.toolUse.input);
  }
  if (!list.some((event) => event.metadata)) unfit('no end');
}

const readers = {
  chat: [chat, chatStream, events],
  responses: [responses, responsesStream, events],
  messages: [messages, messagesStream, events],
  generateContent: [gemini, geminiStream, events],
  'cohere-chat': [cohere, cohereStream, events],
  'ollama-chat': [ollama, ollamaStream, lines],
  converse: [converse, converseStream, frames],
};

export const apis = Object.keys(readers);

const sorted = (value) =>
  value === null || typeof value !== 'object'
    ? value
    : Array.isArray(value)
      ? value.map(sorted)
      : Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));

// Calls as they are compared: by name and by the values of the arguments.
export const comparable = ({ text, calls }) => ({
  text,
  calls: calls.map(({ name, input }) => ({ name, input: sorted(input) })),
});

export function recordedAnswer({ api, stream, bytes }) {
  const [whole, streamed, split] = readers[api];
  const said = new Said();
  try {
    const text = bytes.toString('utf8');
    stream ? streamed(said, split(split === frames ? bytes : text)) : whole(said, JSON.parse(text));
    const calls = said.calls.map(({ name, json }) => ({ name, input: JSON.parse(json || '{}') }));
    if (said.text === '' && calls.length === 0) return null;
    return comparable({ text: said.text, calls });
  } catch (error) {
    if (error instanceof Unfit || error instanceof SyntaxError) return null;
    throw error;
  }
}
