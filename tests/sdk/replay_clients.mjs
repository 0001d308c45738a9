// What each client library makes of an answer: the same question, and the text and the calls that
// the library hands to its user. Each is used as its documentation shows, whole and streamed.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { Mistral } from '@mistralai/mistralai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { CohereClientV2 } from 'cohere-ai';
import OpenAI from 'openai';

const parameters = { type: 'object', properties: {}, additionalProperties: true };
const functionTools = (names) =>
  names.map((name) => ({ type: 'function', function: { name, description: 'recorded', parameters } }));
// Libraries want no empty list.
const some = (tools) => (tools.length > 0 ? { tools } : {});
const user = (content) => [{ role: 'user', content }];

const chatCalls = (list) =>
  (list ?? []).map((call) => ({ name: call.function.name, input: JSON.parse(call.function.arguments || '{}') }));

function openaiChat({ key, origin }) {
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 });
  return async ({ model, prompt, stream, names }) => {
    const body = { model, messages: user(prompt), ...some(functionTools(names)) };
    const { completions } = client.chat;
    const answer = stream ? await completions.stream(body).finalChatCompletion() : await completions.create(body);
    const { message } = answer.choices[0];
    return { text: message.content ?? '', calls: chatCalls(message.tool_calls) };
  };
}

function openaiResponses({ key, origin }) {
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 });
  return async ({ model, prompt, stream, names }) => {
    const tools = names.map((name) => ({ type: 'function', name, strict: false, parameters }));
    const body = { model, input: prompt, ...some(tools) };
    const answer = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
    const calls = answer.output.filter((item) => item.type === 'function_call');
    return {
      text: answer.output_text,
      calls: calls.map(({ name, arguments: json }) => ({ name, input: JSON.parse(json || '{}') })),
    };
  };
}

function anthropic({ key, origin }) {
  const client = new Anthropic({ apiKey: key, baseURL: origin, maxRetries: 0 });
  return async ({ model, prompt, stream, names }) => {
    const tools = names.map((name) => ({ name, input_schema: parameters }));
    const body = { model, max_tokens: 1000, messages: user(prompt), ...some(tools) };
    const answer = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
    const of = (type) => answer.content.filter((block) => block.type === type);
    return {
      text: of('text').map((block) => block.text).join(''),
      calls: of('tool_use').map(({ name, input }) => ({ name, input })),
    };
  };
}

function google({ key, origin }) {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: origin } });
  return async ({ model, prompt, stream, names }) => {
    const functionDeclarations = names.map((name) => ({ name, parametersJsonSchema: parameters }));
    const config = some(names.length > 0 ? [{ functionDeclarations }] : []);
    const body = { model, contents: prompt, config };
    const parts = [];
    const take = (answer) => parts.push(...(answer.candidates?.[0]?.content?.parts ?? []));
    if (stream) for await (const chunk of await client.models.generateContentStream(body)) take(chunk);
    else take(await client.models.generateContent(body));
    return {
      text: parts.filter((part) => !part.thought).map((part) => part.text ?? '').join(''),
      calls: parts.filter((part) => part.functionCall).map(({ functionCall: { name, args } }) => ({ name, input: args ?? {} })),
    };
  };
}

function cohere({ key, origin }) {
  const client = new CohereClientV2({ token: key, environment: origin, maxRetries: 0 });
  return async ({ model, prompt, stream, names }) => {
    const body = { model, messages: user(prompt), ...some(functionTools(names)) };
    if (!stream) {
      const { message } = await client.chat(body);
      const texts = (message.content ?? []).filter((part) => part.type === 'text');
      return { text: texts.map((part) => part.text).join(''), calls: chatCalls(message.toolCalls) };
    }
    let text = '';
    const calls = [];
    for await (const event of await client.chatStream(body)) {
      const call = event.delta?.message?.toolCalls?.function;
      if (event.type === 'content-delta') text += event.delta.message.content.text ?? '';
      if (event.type === 'tool-call-start') calls[event.index] = { function: { ...call } };
      if (event.type === 'tool-call-delta') calls[event.index].function.arguments += call.arguments;
    }
    return { text, calls: chatCalls(calls) };
  };
}

function mistral({ key, origin }) {
  const client = new Mistral({ apiKey: key, serverURL: origin });
  const textOf = (content) =>
    typeof content === 'string' ? content : (content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
  const inputOf = (json) => (typeof json === 'string' ? JSON.parse(json || '{}') : json);
  return async ({ model, prompt, stream, names }) => {
    const body = { model, messages: user(prompt), ...some(functionTools(names)) };
    if (!stream) {
      const { message } = (await client.chat.complete(body)).choices[0];
      const calls = (message.toolCalls ?? []).map((call) => ({ name: call.function.name, input: inputOf(call.function.arguments) }));
      return { text: textOf(message.content), calls };
    }
    let text = '';
    const calls = [];
    for await (const { data } of await client.chat.stream(body)) {
      const delta = data.choices[0]?.delta;
      text += textOf(delta?.content);
      for (const call of delta?.toolCalls ?? []) {
        calls[call.index ?? 0] ??= { name: call.function.name, json: '' };
        calls[call.index ?? 0].json += call.function.arguments;
      }
    }
    return { text, calls: calls.map(({ name, json }) => ({ name, input: JSON.parse(json || '{}') })) };
  };
}

function aiSdk(modelOf) {
  return (server) => {
    const make = modelOf(server);
    return async ({ model, prompt, stream, names }) => {
      const tools = Object.fromEntries(names.map((name) => [name, tool({ inputSchema: jsonSchema(parameters) })]));
      const body = { model: make(model), prompt, tools, maxRetries: 0 };
      let failed;
      const answer = stream
        ? streamText({ ...body, onError: ({ error }) => (failed = error) })
        : await generateText(body);
      if (stream) await answer.consumeStream();
      if (failed) throw failed;
      const calls = await answer.toolCalls;
      return { text: await answer.text, calls: calls.map(({ toolName, input }) => ({ name: toolName, input })) };
    };
  };
}

function langchain(modelOf, textOf) {
  return (server) => async ({ model, prompt, stream, names }) => {
    const made = modelOf(server, model);
    const bound = names.length > 0 ? made.bindTools(functionTools(names)) : made;
    let answer;
    if (stream) for await (const chunk of await bound.stream(prompt)) answer = answer ? answer.concat(chunk) : chunk;
    else answer = await bound.invoke(prompt);
    return { text: textOf(answer.content), calls: (answer.tool_calls ?? []).map(({ name, args }) => ({ name, input: args })) };
  };
}

const blockText = (content) =>
  typeof content === 'string' ? content : content.filter((part) => part.type === 'text').map((part) => part.text).join('');

// By name: the interface that the library speaks, what makes its `ask`, and what it cannot do.
export const clients = {
  'openai chat': { api: 'chat', make: openaiChat },
  'openai responses': { api: 'responses', make: openaiResponses },
  '@anthropic-ai/sdk': { api: 'messages', make: anthropic },
  '@google/genai': { api: 'generateContent', make: google },
  'cohere-ai': { api: 'cohere-chat', make: cohere },
  '@mistralai/mistralai': {
    api: 'chat',
    make: mistral,
    // It wants a function's name in every piece of a call, as in Mistral's calls of one piece;
    // OpenAI's libraries, which share the interface, want it once.
    cannot: ({ provider, stream, answer }) => provider !== 'mistral' && stream && answer.calls.length > 0,
  },
  'ai, openai responses': { api: 'responses', make: aiSdk(({ key, origin }) => createOpenAI({ apiKey: key, baseURL: `${origin}/v1` })) },
  'ai, openai chat': { api: 'chat', make: aiSdk(({ key, origin }) => createOpenAI({ apiKey: key, baseURL: `${origin}/v1` }).chat) },
  'ai, anthropic': { api: 'messages', make: aiSdk(({ key, origin }) => createAnthropic({ apiKey: key, baseURL: `${origin}/v1` })) },
  'ai, google': { api: 'generateContent', make: aiSdk(({ key, origin }) => createGoogleGenerativeAI({ apiKey: key, baseURL: `${origin}/v1beta` })) },
  '@langchain/openai': {
    api: 'chat',
    make: langchain(
      ({ key, origin }, model) => new ChatOpenAI({ model, apiKey: key, configuration: { baseURL: `${origin}/v1` }, maxRetries: 0 }),
      blockText,
    ),
  },
  '@langchain/anthropic': {
    api: 'messages',
    make: langchain(
      ({ key, origin }, model) => new ChatAnthropic({ model, apiKey: key, anthropicApiUrl: origin, maxRetries: 0 }),
      blockText,
    ),
  },
};
