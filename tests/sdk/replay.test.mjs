// Every client library, unmodified, against wye over recorded answers of real providers of every
// dialect: none may throw, and what it hands to its user is what the provider said.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { comparable } from './recorded.mjs';
import { clients } from './replay_clients.mjs';
import { startReplayer } from './replayer.mjs';
import { present, sample } from './corpus.mjs';
import { key, startWye } from './wye.mjs';

const ownDialectEach = 8;
const otherDialectsEach = 2;
const atOnce = 8;

// The catalog's names of vendors that the recordings call otherwise, and the dialects that are not
// the vendor's usual one.
const kinds = { gemini: 'google', vertex: 'google', chatgpt: 'openai', copilot: 'openai', llamacpp: 'openai_compatible' };
const dialects = { chat: 'openai', responses: 'responses', 'ollama-chat': 'ollama' };

const deploymentOf = ({ provider, api }) => `${provider}-${api}`;

function policyOf(recordings, origin) {
  const deployments = [...new Map(recordings.map((each) => [deploymentOf(each), each])).entries()];
  const providers = deployments.map(([name, { provider, api }]) => {
    const kind = kinds[provider] ?? provider;
    const own = api in dialects ? `, dialect: ${dialects[api]}` : '';
    const account = kind === 'bedrock' ? ', region: us-east-1' : ', api_key: "${env:REPLAY_KEY}"';
    return `  ${name}: { kind: ${kind}${own}${account}, base_url: "${origin}" }\n`;
  });
  return `providers:
${providers.join('')}deployments:
${deployments.map(([name]) => `  ${name}: { provider: ${name}, model: replayed }\n`).join('')}reliability: { retries: { max: 0 } }
`;
}

// Runs `work` on every item, a few at a time.
async function forEachOf(items, work) {
  const left = [...items];
  const one = async () => {
    for (let item = left.shift(); item; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

// What is wrong with what the library makes of a recording; nothing when it is what was recorded.
async function problemOf(ask, question, recording) {
  try {
    assert.deepEqual(comparable(await ask(question)), recording.answer);
  } catch (error) {
    return error.message;
  }
}

describe('recorded answers', { skip: present ? false : 'WYE_CORPUS names no recordings' }, () => {
  let recordings;
  let replayer;
  let wye;
  before(async () => {
    recordings = sample(ownDialectEach);
    replayer = await startReplayer(recordings);
    wye = await startWye({
      policy: policyOf(recordings, replayer.origin),
      environment: { REPLAY_KEY: 'none', AWS_BEARER_TOKEN_BEDROCK: 'none' },
    });
  });
  after(async () => {
    await wye?.stop();
    await replayer?.stop();
  });

  for (const [name, { api, make, cannot }] of Object.entries(clients)) {
    it(`${name} hands on what was recorded`, async (test) => {
      const ask = make({ key, origin: wye.origin });
      // The same library without wye between: what it does not read then is no fault of wye's.
      const askDirectly = make({ key, origin: replayer.origin });
      const seen = new Map();
      const wanted = recordings.filter((each) => {
        if (cannot?.(each)) return false;
        const group = `${deploymentOf(each)} ${each.stream}`;
        seen.set(group, (seen.get(group) ?? 0) + 1);
        return seen.get(group) <= (each.api === api ? ownDialectEach : otherDialectsEach);
      });
      const wrong = [];
      const unreadable = [];
      await forEachOf(wanted, async (recording) => {
        const names = [...new Set(recording.answer.calls.map((call) => call.name))];
        const question = { model: deploymentOf(recording), prompt: `replay-${recording.number}`, stream: recording.stream, names };
        const problem = await problemOf(ask, question, recording);
        if (!problem) return;
        const own = recording.api === api && (await problemOf(askDirectly, question, recording));
        (own ? unreadable : wrong).push(`${recording.id} (${recording.api}${recording.stream ? ', streamed' : ''}): ${problem}`);
      });
      const read = wanted.length - wrong.length - unreadable.length;
      test.diagnostic(`${name}: ${read} of ${wanted.length} recordings, ${unreadable.length} that the library does not read from the provider itself`);
      assert.deepEqual(wrong, []);
    });
  }
});
