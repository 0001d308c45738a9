// The official `@google/genai` package, unmodified, against wye over simulated providers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GoogleGenAI, FunctionCallingConfigMode } from '@google/genai';
import { key, startWye } from './wye.mjs';

let wye;
let client;

before(async () => {
  wye = await startWye();
  client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: wye.origin } });
});
after(async () => wye?.stop());

const weather = {
  name: 'rain_in',
  description: 'tells the weather',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('generateContent', () => {
  it('answers', async () => {
    const answer = await client.models.generateContent({
      model: 'task/chat',
      contents: 'say something',
      config: { systemInstruction: 'be brief', maxOutputTokens: 200, temperature: 0.5 },
    });
    assert.ok(answer.text.length > 0);
    assert.equal(answer.candidates[0].finishReason, 'STOP');
    assert.ok(answer.usageMetadata.promptTokenCount > 0);
  });

  it('streams', async () => {
    const stream = await client.models.generateContentStream({ model: 'fast', contents: 'count to ten' });
    let text = '';
    let last;
    for await (const chunk of stream) {
      text += chunk.text ?? '';
      last = chunk;
    }
    assert.ok(text.length > 0);
    assert.equal(last.candidates[0].finishReason, 'STOP');
    assert.ok(last.usageMetadata.candidatesTokenCount > 0);
  });

  it('calls functions and goes on after their results', async () => {
    const config = {
      tools: [{ functionDeclarations: [weather] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
    };
    const first = await client.models.generateContent({ model: 'fast', contents: 'rain_in Paris?', config });
    assert.equal(first.functionCalls[0].name, 'rain_in');
    assert.equal(typeof first.functionCalls[0].args.city, 'string');
    const second = await client.models.generateContent({
      model: 'fast',
      contents: [
        { role: 'user', parts: [{ text: 'rain_in Paris?' }] },
        first.candidates[0].content,
        {
          role: 'user',
          parts: [{ functionResponse: { id: first.functionCalls[0].id, name: 'rain_in', response: { output: 'dry' } } }],
        },
      ],
      config: { tools: config.tools },
    });
    assert.ok((second.text ?? '').length > 0 || second.functionCalls?.length > 0);
  });

  it('gives structured output that parses', async () => {
    const answer = await client.models.generateContent({
      model: 'fast',
      contents: 'an invoice',
      config: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] },
      },
    });
    assert.equal(typeof JSON.parse(answer.text).total, 'number');
  });
});

describe('beside it', () => {
  it('embeds, one and many', async () => {
    const answer = await client.models.embedContent({ model: 'fast', contents: ['one', 'two'] });
    assert.equal(answer.embeddings.length, 2);
    assert.ok(answer.embeddings[0].values.length > 0);
  });
  it('lists models', async () => {
    const names = [];
    for await (const model of await client.models.list()) names.push(model.name);
    assert.ok(names.includes('models/task/chat') && names.includes('models/fast'), names.join());
  });
  it('counts tokens', async () => {
    const { totalTokens } = await client.models.countTokens({ model: 'fast', contents: 'hello there, world' });
    assert.ok(totalTokens >= 4 && totalTokens <= 20, String(totalTokens));
  });
  it('tells errors as Google does', async () => {
    await assert.rejects(client.models.generateContent({ model: 'nobody', contents: 'hi' }), (error) => {
      assert.equal(error.status, 404);
      assert.match(error.message, /NOT_FOUND/);
      return true;
    });
  });
});
