// More client libraries, each unmodified, against wye over simulated providers: Mistral's, Cohere's,
// OpenRouter's (which checks every member of an answer), the AI SDK and LangChain.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import { OpenRouter } from '@openrouter/sdk';
import { generateText, streamText, tool, jsonSchema } from 'ai';
import { CohereClientV2 } from 'cohere-ai';
import { key, startWye } from './wye.mjs';

let wye;
before(async () => (wye = await startWye()));
after(async () => wye?.stop());

const messages = [{ role: 'user', content: 'say something' }];

describe('@mistralai/mistralai', () => {
  it('answers, streams and embeds', async () => {
    const client = new Mistral({ apiKey: key, serverURL: wye.origin });
    const answer = await client.chat.complete({ model: 'fast', messages });
    assert.ok(answer.choices[0].message.content.length > 0);
    let text = '';
    for await (const event of await client.chat.stream({ model: 'fast', messages })) {
      text += event.data.choices[0]?.delta?.content ?? '';
    }
    assert.ok(text.length > 0);
  });
});

describe('cohere-ai', () => {
  it('answers, streams and embeds', async () => {
    const client = new CohereClientV2({ token: key, environment: wye.origin });
    const answer = await client.chat({ model: 'fast', messages });
    assert.ok(answer.message.content[0].text.length > 0);
    assert.equal(answer.finishReason, 'COMPLETE');
    let text = '';
    for await (const event of await client.chatStream({ model: 'fast', messages })) {
      if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? '';
    }
    assert.ok(text.length > 0);
    const embedded = await client.embed({
      model: 'fast',
      texts: ['one', 'two'],
      inputType: 'search_document',
      embeddingTypes: ['float'],
    });
    assert.equal(embedded.embeddings.float.length, 2);
  });

  // All of such a stream is in its end: a call is written when it is whole.
  it('streams calls of tools without a word before them', async () => {
    const client = new CohereClientV2({ token: key, environment: wye.origin });
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const stream = await client.chatStream({
      model: 'fast',
      messages: [{ role: 'user', content: 'rain_in Paris?' }],
      tools: [{ type: 'function', function: { name: 'rain_in', parameters } }],
    });
    let name;
    let json = '';
    for await (const event of stream) {
      const call = event.delta?.message?.toolCalls?.function;
      if (event.type === 'tool-call-start') name = call.name;
      if (event.type === 'tool-call-delta') json += call.arguments;
    }
    assert.equal(name, 'rain_in');
    assert.equal(typeof JSON.parse(json).city, 'string');
  });
});

describe('@openrouter/sdk', () => {
  it('answers and streams', async () => {
    const client = new OpenRouter({ apiKey: key, serverURL: wye.baseURL });
    const answer = await client.chat.send({ chatRequest: { model: 'fast', messages, stream: false } });
    assert.ok(answer.choices[0].message.content.length > 0);
    let text = '';
    const stream = await client.chat.send({ chatRequest: { model: 'fast', messages, stream: true } });
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    assert.ok(text.length > 0);
  });
});

describe('the AI SDK', () => {
  const models = {
    openai: () => createOpenAI({ apiKey: key, baseURL: wye.baseURL })('fast'),
    'openai chat': () => createOpenAI({ apiKey: key, baseURL: wye.baseURL }).chat('fast'),
    anthropic: () => createAnthropic({ apiKey: key, baseURL: wye.baseURL })('fast'),
    google: () => createGoogleGenerativeAI({ apiKey: key, baseURL: `${wye.origin}/v1beta` })('fast'),
  };
  const rain = tool({
    description: 'tells the weather',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
  });
  for (const [name, model] of Object.entries(models)) {
    it(`${name}: answers, streams and calls tools`, async () => {
      const answer = await generateText({ model: model(), prompt: 'say something', maxRetries: 0 });
      assert.ok(answer.text.length > 0);
      assert.ok(answer.usage.outputTokens > 0);
      let text = '';
      const stream = streamText({ model: model(), prompt: 'count to ten', maxRetries: 0 });
      for await (const piece of stream.textStream) text += piece;
      assert.ok(text.length > 0);
      const called = await generateText({
        model: model(),
        prompt: 'rain_in Paris?',
        tools: { rain_in: rain },
        toolChoice: 'required',
        maxRetries: 0,
      });
      assert.equal(called.toolCalls[0].toolName, 'rain_in');
      assert.equal(typeof called.toolCalls[0].input.city, 'string');
    });
  }
});

describe('LangChain', () => {
  it('@langchain/openai answers and streams', async () => {
    const model = new ChatOpenAI({ model: 'fast', apiKey: key, configuration: { baseURL: wye.baseURL }, maxRetries: 0 });
    assert.ok((await model.invoke('say something')).content.length > 0);
    let text = '';
    for await (const chunk of await model.stream('count to ten')) text += chunk.content;
    assert.ok(text.length > 0);
  });
  it('@langchain/anthropic answers and streams', async () => {
    const model = new ChatAnthropic({ model: 'fast', apiKey: key, anthropicApiUrl: wye.origin, maxRetries: 0 });
    assert.ok((await model.invoke('say something')).content.length > 0);
    let text = '';
    for await (const chunk of await model.stream('count to ten')) text += chunk.content;
    assert.ok(text.length > 0);
  });
});
