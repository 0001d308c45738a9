// The Responses interface of the official `openai` package, unmodified, against wye over simulated
// providers that speak Chat Completions.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { key, startWye } from './wye.mjs';

let wye;
let client;

before(async () => {
  wye = await startWye();
  client = new OpenAI({ apiKey: key, baseURL: wye.baseURL, maxRetries: 0 });
});
after(async () => wye?.stop());

const weather = {
  type: 'function',
  name: 'rain_in',
  description: 'tells the weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('responses', () => {
  it('answers', async () => {
    const answer = await client.responses.create({ model: 'task/chat', instructions: 'be brief', input: 'hi' });
    assert.equal(answer.object, 'response');
    assert.equal(answer.status, 'completed');
    assert.ok(answer.output_text.length > 0);
    assert.ok(answer.usage.total_tokens > 0);
  });

  it('streams events in order, which make up the answer', async () => {
    const stream = await client.responses.create({ model: 'task/chat', input: 'count to ten', stream: true });
    const kinds = [];
    let text = '';
    let number = -1;
    let final;
    for await (const event of stream) {
      assert.equal(event.sequence_number, ++number);
      if (kinds.at(-1) !== event.type) kinds.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') final = event.response;
    }
    assert.deepEqual(kinds, [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    assert.equal(final.output[0].content[0].text, text);
  });

  it('calls functions, streamed and not, and goes on after their results', async () => {
    const request = { model: 'fast', input: 'rain_in Paris?', tools: [weather], tool_choice: 'required' };
    const first = await client.responses.create(request);
    const call = first.output.find((item) => item.type === 'function_call');
    assert.equal(call.name, 'rain_in');
    assert.equal(typeof JSON.parse(call.arguments).city, 'string');
    const final = await client.responses.stream(request).finalResponse();
    assert.ok(final.output.some((item) => item.type === 'function_call'));
    const second = await client.responses.create({
      model: 'fast',
      tools: [weather],
      input: [
        { role: 'user', content: 'rain_in Paris?' },
        ...first.output,
        { type: 'function_call_output', call_id: call.call_id, output: 'dry' },
      ],
    });
    assert.ok(second.output.length > 0);
  });

  it('gives structured output that parses', async () => {
    const answer = await client.responses.parse({
      model: 'fast',
      input: 'an invoice',
      text: {
        format: {
          type: 'json_schema',
          name: 'invoice',
          strict: true,
          schema: {
            type: 'object',
            properties: { total: { type: 'number' } },
            required: ['total'],
            additionalProperties: false,
          },
        },
      },
    });
    assert.equal(typeof answer.output_parsed.total, 'number');
  });

  it('refuses what would need a state elsewhere', async () => {
    await assert.rejects(
      client.responses.create({ model: 'fast', input: 'hi', previous_response_id: 'resp_1' }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === 'previous_response_id',
    );
  });
});
