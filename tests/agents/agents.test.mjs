// Command-line agents, unmodified, against wye over simulated providers: each asks a question, uses
// a tool, outlives a 429, and is served by a vendor of another dialect when its own is down.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { recordedAnswer } from '../sdk/recorded.mjs';
import { startWorld } from './world.mjs';

let world;
before(async () => (world = await startWorld()));
after(async () => world?.stop());

const question = 'Tell me about bridges in two sentences';
const call = (tool, input) => `call ${tool} ${JSON.stringify(input)}`;

// How each is run, and how it is told to read a file.
const agents = {
  claude: {
    api: 'messages',
    read: (path) => call('Read', { file_path: path }),
    run: (model, prompt) =>
      world.run('claude', ['-p', prompt, '--output-format', 'text', '--allowedTools', 'Read'], {
        ANTHROPIC_BASE_URL: world.origin,
        ANTHROPIC_API_KEY: 'none-is-needed-here',
        ANTHROPIC_MODEL: model,
        ANTHROPIC_SMALL_FAST_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_ERROR_REPORTING: '1',
        DISABLE_TELEMETRY: '1',
      }),
  },
  codex: {
    api: 'responses',
    read: (path) => call('exec_command', { cmd: `cat ${path}` }),
    run: (model, prompt) => {
      world.file(
        'home/.codex/config.toml',
        `model = "${model}"
model_provider = "wye"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.wye]
name = "wye"
base_url = "${world.origin}/v1"
env_key = "WYE_KEY"
wire_api = "responses"
`,
      );
      const parts = ['exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', prompt];
      return world.run('codex', parts, { WYE_KEY: 'none' });
    },
  },
  gemini: {
    api: 'generateContent',
    read: (path) => call('read_file', { file_path: path }),
    run: (model, prompt) => {
      const settings = {
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        privacy: { usageStatisticsEnabled: false },
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        telemetry: { enabled: false },
      };
      world.file('home/.gemini/settings.json', JSON.stringify(settings));
      return world.run('gemini', ['-m', model, '--yolo', '-p', prompt], {
        GEMINI_API_KEY: 'none',
        GEMINI_TELEMETRY_ENABLED: 'false',
        GOOGLE_GEMINI_BASE_URL: world.origin,
      });
    },
  },
  opencode: {
    api: 'chat',
    read: (path) => call('read', { filePath: path }),
    run: (model, prompt) => {
      const provider = {
        npm: '@ai-sdk/openai-compatible',
        name: 'wye',
        options: { baseURL: `${world.origin}/v1`, apiKey: 'none' },
        models: { [model]: { name: model } },
      };
      const settings = {
        autoupdate: false,
        model: `wye/${model}`,
        permission: 'allow',
        provider: { wye: provider },
        share: 'disabled',
        small_model: `wye/${model}`,
      };
      world.file('work/opencode.json', JSON.stringify(settings));
      const environment = {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
      };
      // On its command line it would put the prompt in quotes, and escape those that are in it.
      return world.run('opencode', ['run'], environment, prompt);
    },
  },
};

const plain = (text) => text.replaceAll(/\s+/g, ' ').trim();
const apiOf = ({ path }) =>
  path.includes('/messages') ? 'messages' : path.includes('/responses') ? 'responses' : path.includes(':') ? 'generateContent' : 'chat';

// The agent ended well, and told its user what the provider said last.
async function assertTold({ code, output, errors }) {
  assert.equal(code, 0, `${output}\n${errors}`);
  const served = (await world.log()).filter((entry) => entry.status === 200 && entry.stream);
  assert.ok(served.length > 0, 'nothing was streamed');
  const said = [];
  for (const entry of served) {
    const answer = recordedAnswer({ api: apiOf(entry), stream: true, bytes: await world.again(entry) });
    if (answer?.text) said.push(plain(answer.text));
  }
  assert.ok(said.some((text) => plain(output).includes(text)), `${output}\ndoes not tell any of\n${said.join('\n')}`);
  return served;
}

for (const [name, agent] of Object.entries(agents)) {
  describe(name, () => {
    beforeEach(async () => {
      await world.fault({ name: 'up', faults: [] });
      await world.forget();
    });

    it('answers a question, streamed', async () => {
      const served = await assertTold(await agent.run(`plain-${name}`, question));
      assert.ok(served.every((entry) => apiOf(entry) === agent.api));
    });

    it('uses a tool, and goes on with its result', async () => {
      const ran = await agent.run(`plain-${name}`, agent.read(world.note));
      assert.equal(ran.code, 0, ran.errors);
      const bodies = (await world.log()).filter((entry) => entry.status === 200).map((entry) => entry.body);
      assert.ok(bodies.some((body) => body.includes(world.secret)), 'the result of the tool never came');
    });

    it('does not notice a 429', async () => {
      await world.fault({ name: 'up', faults: [{ kind: 'rate_limit', count: 1, retry_after_ms: 100 }] });
      await assertTold(await agent.run(`plain-${name}`, question));
      assert.ok((await world.log()).some((entry) => entry.status === 429));
    });

    it('is served in another dialect when its own vendor is down', async () => {
      const served = await assertTold(await agent.run(`spare-${name}`, question));
      assert.ok(served.every((entry) => apiOf(entry) !== agent.api));
      assert.ok((await world.log()).some((entry) => entry.status === 503));
    });
  });
}
