// The official `openai` package, unmodified, against wye over simulated providers.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import OpenAI from 'openai';
import { key, startWye } from './wye.mjs';

let wye;
let client;

const user = (content) => [{ role: 'user', content }];
const weatherTool = (name) => ({
  type: 'function',
  function: {
    name,
    description: `tells the weather: ${name}`,
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['c', 'f'] } },
      required: ['city', 'unit'],
      additionalProperties: false,
    },
  },
});

before(async () => {
  wye = await startWye();
  client = new OpenAI({ apiKey: key, baseURL: wye.baseURL, maxRetries: 0 });
});
after(async () => wye?.stop());
beforeEach(async () => wye.fault({ name: '*', faults: [] }));

describe('chat completions', () => {
  it('answers, with the story in its headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'task/chat', messages: user('say something') })
      .withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.equal(data.model, 'sim-fast');
    assert.ok(data.choices[0].message.content.length > 0);
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
    assert.equal(response.headers.get('x-wye-task'), 'chat');
    assert.equal(response.headers.get('x-wye-deployment'), 'fast');
    assert.equal(response.headers.get('x-wye-attempts'), '1');
    assert.match(response.headers.get('x-request-id'), /^req_[0-9A-Z]{13}$/);
    assert.ok(Number(response.headers.get('x-wye-cost-usd')) > 0);
    assert.ok(data._request_id === response.headers.get('x-request-id'));
  });

  it('takes the task from a header or from metadata, whatever the model name says', async () => {
    const byHeader = await client.chat.completions
      .create({ model: 'gpt-4o', messages: user('hi') }, { headers: { 'x-wye-task': 'alone' } })
      .withResponse();
    assert.equal(byHeader.response.headers.get('x-wye-task'), 'alone');
    const byMetadata = await client.chat.completions
      .create({ model: 'gpt-4o', messages: user('hi'), metadata: { task: 'alone' } })
      .withResponse();
    assert.equal(byMetadata.response.headers.get('x-wye-task'), 'alone');
  });

  it('takes a route and a deployment by name', async () => {
    for (const [model, deployment] of [['only-fast', 'fast'], ['smart', 'smart']]) {
      const { response } = await client.chat.completions
        .create({ model, messages: user('hi') })
        .withResponse();
      assert.equal(response.headers.get('x-wye-deployment'), deployment);
    }
  });

  it('streams, and shows usage only to those who ask', async () => {
    for (const wanted of [false, true]) {
      const stream = await client.chat.completions.create({
        model: 'task/chat',
        messages: user('count to ten'),
        stream: true,
        ...(wanted ? { stream_options: { include_usage: true } } : {}),
      });
      let text = '';
      let finish = null;
      let usage = null;
      for await (const chunk of stream) {
        if (chunk.choices.length === 0) assert.ok(wanted, 'an unasked usage chunk');
        text += chunk.choices[0]?.delta?.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
        usage = chunk.usage ?? usage;
      }
      assert.ok(text.length > 0);
      assert.equal(finish, 'stop');
      assert.equal(usage !== null && usage.completion_tokens > 0, wanted);
    }
  });

  it('calls tools in parallel, streamed and not', async () => {
    const request = {
      model: 'task/chat',
      messages: user('use rain_in and sun_in for Paris'),
      tools: [weatherTool('rain_in'), weatherTool('sun_in')],
      tool_choice: 'required',
      parallel_tool_calls: true,
    };
    const whole = await client.chat.completions.create(request);
    const calls = whole.choices[0].message.tool_calls;
    assert.equal(whole.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(calls.map((call) => call.function.name).sort(), ['rain_in', 'sun_in']);
    for (const call of calls) {
      const args = JSON.parse(call.function.arguments);
      assert.equal(typeof args.city, 'string');
      assert.ok(['c', 'f'].includes(args.unit));
    }
    const runner = client.chat.completions.stream(request);
    const final = await runner.finalChatCompletion();
    assert.equal(final.choices[0].message.tool_calls.length, 2);
    for (const call of final.choices[0].message.tool_calls) JSON.parse(call.function.arguments);
  });

  it('goes on after tool results', async () => {
    const answer = await client.chat.completions.create({
      model: 'task/chat',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'how is it there' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'rain_in', arguments: '{"city":"Paris","unit":"c"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
      tools: [weatherTool('rain_in')],
    });
    assert.ok(answer.choices[0].message.content.length > 0);
  });

  it('gives structured output that parses', async () => {
    const answer = await client.chat.completions.parse({
      model: 'task/chat',
      messages: user('an invoice please'),
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'invoice',
          strict: true,
          schema: {
            type: 'object',
            properties: { total: { type: 'number' }, lines: { type: 'array', items: { type: 'string' } } },
            required: ['total', 'lines'],
            additionalProperties: false,
          },
        },
      },
    });
    const invoice = answer.choices[0].message.parsed;
    assert.equal(typeof invoice.total, 'number');
    assert.ok(Array.isArray(invoice.lines));
  });

  it('passes images, n, logprobs, stop, seed and unknown fields through', async () => {
    const answer = await client.chat.completions.create({
      model: 'task/chat',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
          ],
        },
      ],
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      stop: ['\n\n\n'],
      seed: 7,
      x_field_of_tomorrow: { kept: true },
    });
    assert.equal(answer.choices.length, 2);
    assert.ok(answer.choices[0].logprobs.content.length > 0);
  });
});

describe('embeddings and models', () => {
  it('embeds, as base64 by default and as numbers', async () => {
    const request = { model: 'task/chat', input: ['one', 'two'], dimensions: 8 };
    const packed = await client.embeddings.create(request);
    const plain = await client.embeddings.create({ ...request, encoding_format: 'float' });
    assert.equal(packed.data.length, 2);
    assert.equal(packed.data[0].embedding.length, 8);
    packed.data[0].embedding.forEach((number, i) => {
      assert.ok(Math.abs(number - plain.data[0].embedding[i]) < 1e-6);
    });
    assert.ok(plain.usage.prompt_tokens > 0);
  });

  it('lists tasks, routes and deployments', async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['task/chat', 'task/alone', 'main', 'only-fast', 'fast', 'smart']);
    assert.equal((await client.models.retrieve('main')).id, 'main');
    await assert.rejects(client.models.retrieve('nobody'), OpenAI.NotFoundError);
  });
});

describe('faults', () => {
  it('are told in the shape of the client', async () => {
    const unknown = await client.chat.completions
      .create({ model: 'gpt-nothing', messages: user('hi') })
      .catch((error) => error);
    assert.ok(unknown instanceof OpenAI.NotFoundError);
    assert.equal(unknown.code, 'model_not_found');

    const wrong = await client.chat.completions
      .create({ model: 'task/chat', messages: 'hi' })
      .catch((error) => error);
    assert.ok(wrong instanceof OpenAI.BadRequestError);
    assert.equal(wrong.param, 'messages');

    const stranger = new OpenAI({ apiKey: 'sk-nobody', baseURL: wye.baseURL });
    await assert.rejects(
      stranger.chat.completions.create({ model: 'task/chat', messages: user('hi') }),
      OpenAI.AuthenticationError,
    );
  });

  it('of one provider are not seen by clients', async () => {
    await wye.fault({ name: 'sim-fast', faults: [{ kind: 'status_503', retry_after_ms: -1 }] });
    for (const stream of [false, true]) {
      const { data, response } = await client.chat.completions
        .create({ model: 'task/chat', messages: user('hi'), stream })
        .withResponse();
      let text = stream ? '' : data.choices[0].message.content;
      if (stream) for await (const chunk of data) text += chunk.choices[0]?.delta?.content ?? '';
      assert.ok(text.length > 0);
      assert.equal(response.headers.get('x-wye-deployment'), 'smart');
    }
  });

  it('of everybody end in one clean error that tells the client not to retry', async () => {
    await wye.fault({ name: '*', faults: ['status_500'] });
    await wye.fault({ name: 'sim-fast', faults: ['status_500'] });
    await wye.fault({ name: 'sim-smart', faults: ['status_500'] });
    const persistent = new OpenAI({ apiKey: key, baseURL: wye.baseURL, maxRetries: 3 });
    const before = (await wye.log()).length;
    const error = await persistent.chat.completions
      .create({ model: 'task/alone', messages: user('hi') })
      .catch((caught) => caught);
    assert.ok(error instanceof OpenAI.APIError);
    assert.ok(error.status >= 500);
    assert.equal(error.headers.get('x-should-retry'), 'false');
    const calls = (await wye.log()).length - before;
    assert.ok(calls <= 2, `${calls} provider calls for one request with one permitted retry`);
  });

  it('after the first token are an error, never a clean end', async () => {
    await wye.fault({ name: 'sim-fast', faults: [{ kind: 'cut', after_tokens: 5 }] });
    const stream = await client.chat.completions.create({
      model: 'fast',
      messages: user('hi'),
      stream: true,
    });
    let text = '';
    await assert.rejects(async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    });
    assert.ok(text.length > 0, 'the cut came before the commit point');
  });
});
