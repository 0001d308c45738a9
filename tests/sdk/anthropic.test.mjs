// The official `@anthropic-ai/sdk` package, unmodified, against wye over simulated providers.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { key, startWye } from './wye.mjs';

let wye;
let client;

const tool = (name) => ({
  name,
  description: `tells the weather: ${name}`,
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
});
const ask = (content, more = {}) => ({
  model: 'task/chat',
  max_tokens: 300,
  messages: [{ role: 'user', content }],
  ...more,
});

before(async () => {
  wye = await startWye();
  client = new Anthropic({ apiKey: key, baseURL: wye.origin, maxRetries: 0 });
});
after(async () => wye?.stop());
beforeEach(async () => wye.fault({ name: '*', faults: [] }));

describe('messages', () => {
  it('answers, with the story in its headers', async () => {
    const { data, response } = await client.messages.create(ask('say something')).withResponse();
    assert.equal(data.type, 'message');
    assert.equal(data.role, 'assistant');
    assert.ok(data.content[0].text.length > 0);
    assert.equal(data.stop_reason, 'end_turn');
    assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
    assert.equal(response.headers.get('x-wye-task'), 'chat');
    assert.equal(data._request_id, response.headers.get('request-id'));
  });

  it('takes the key either way', async () => {
    const bearer = new Anthropic({ apiKey: null, authToken: key, baseURL: wye.origin, maxRetries: 0 });
    assert.ok((await bearer.messages.create(ask('hi'))).content.length > 0);
    const stranger = new Anthropic({ apiKey: 'nobody', baseURL: wye.origin, maxRetries: 0 });
    await assert.rejects(stranger.messages.create(ask('hi')), (error) => {
      assert.ok(error instanceof Anthropic.AuthenticationError);
      assert.equal(error.error.error.type, 'authentication_error');
      return true;
    });
  });

  it('streams: the pieces are the final message', async () => {
    let pieces = '';
    const stream = client.messages.stream(ask('count to ten')).on('text', (text) => (pieces += text));
    const final = await stream.finalMessage();
    assert.equal(final.content[0].text, pieces);
    assert.equal(final.stop_reason, 'end_turn');
    assert.ok(final.usage.output_tokens > 0);
  });

  it('calls tools in parallel, streamed and not, and goes on after their results', async () => {
    const request = ask('use rain_in and sun_in for Paris', {
      tools: [tool('rain_in'), tool('sun_in')],
      tool_choice: { type: 'any' },
    });
    const whole = await client.messages.create(request);
    assert.equal(whole.stop_reason, 'tool_use');
    const calls = whole.content.filter((block) => block.type === 'tool_use');
    assert.deepEqual(calls.map((call) => call.name).sort(), ['rain_in', 'sun_in']);
    for (const call of calls) assert.equal(typeof call.input.city, 'string');

    const streamed = await client.messages.stream(request).finalMessage();
    assert.equal(streamed.content.filter((block) => block.type === 'tool_use').length, 2);

    const answer = await client.messages.create({
      ...request,
      tool_choice: { type: 'auto' },
      messages: [
        ...request.messages,
        { role: 'assistant', content: whole.content },
        {
          role: 'user',
          content: calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: 'sunny' })),
        },
      ],
    });
    assert.ok(answer.content.length > 0);
  });

  it('takes system texts, images and documents', async () => {
    const answer = await client.messages.create(
      ask(
        [
          { type: 'text', text: 'what is this', cache_control: { type: 'ephemeral' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
        { system: [{ type: 'text', text: 'be brief' }], stop_sequences: ['\n\n\n'] },
      ),
    );
    assert.ok(answer.content[0].text.length > 0);
  });

  it('lists models', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('task/chat') && ids.includes('fast'));
    assert.equal((await client.models.retrieve('fast')).type, 'model');
  });

  it('counts tokens', async () => {
    const request = { model: 'task/chat', messages: [{ role: 'user', content: 'hello there, world' }] };
    const { input_tokens } = await client.messages.countTokens(request);
    assert.ok(input_tokens >= 5 && input_tokens <= 20, String(input_tokens));
  });
});

describe('errors', () => {
  it('are told in the client\'s shape', async () => {
    await assert.rejects(client.messages.create(ask('hi', { model: 'nobody' })), (error) => {
      assert.ok(error instanceof Anthropic.NotFoundError);
      assert.equal(error.error.error.type, 'not_found_error');
      return true;
    });
    await assert.rejects(client.messages.create({ ...ask('hi'), messages: 'hi' }), Anthropic.BadRequestError);
  });

  it('of providers lead to the fallback', async () => {
    await wye.fault({ name: 'sim-fast', faults: [{ kind: 'http_503', count: 10 }] }).catch(() => {});
    const { response } = await client.messages.create(ask('hi')).withResponse();
    assert.equal(response.status, 200);
  });

  it('that nothing can mend are not tried again by the client', async () => {
    const patient = new Anthropic({ apiKey: key, baseURL: wye.origin, maxRetries: 3 });
    const before = (await wye.log()).length;
    await assert.rejects(patient.messages.create(ask('hi', { model: 'nobody' })));
    assert.equal((await wye.log()).length, before);
  });
});
