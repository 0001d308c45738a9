// A sample of the recorded traffic of real providers that WYE_CORPUS names; it is no part of the
// project, and tests skip without it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apis, recordedAnswer } from './recorded.mjs';

// As elsewhere in the tests: beside the project when nobody says where.
const project = join(import.meta.dirname, '..', '..');
const folder = join(resolve(project, process.env.WYE_CORPUS ?? '../shared/wire'), 'exchanges', 'open');
export const present = existsSync(folder);

function recordingOf(line) {
  const { id, provider, api, status, stream, res, tags } = JSON.parse(line);
  if (status !== 200 || !apis.includes(api)) return null;
  const bytes = res.body_b64 ? Buffer.from(res.body_b64, 'base64') : Buffer.from(res.body ?? '');
  const recording = { id, provider, api, stream, bytes, tags, headers: res.headers, reads: res.chunk_lens ?? [] };
  const answer = recordedAnswer(recording);
  return answer && { ...recording, answer };
}

// Of each provider's interface, whole and streamed: the recordings that show the most that is new
// (calls, reasoning, odd finishes), and those whose read boundaries were kept.
function chosen(recordings, count) {
  const known = new Set();
  const out = [];
  const news = (each) => each.tags.filter((tag) => !known.has(tag)).length + (each.reads.length > 0 ? 0.5 : 0);
  const left = [...recordings];
  while (out.length < count && left.length > 0) {
    const best = left.reduce((a, b) => (news(b) > news(a) ? b : a));
    left.splice(left.indexOf(best), 1);
    best.tags.forEach((tag) => known.add(tag));
    out.push(best);
  }
  return out;
}

export function sample(countOfEach) {
  const groups = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const recording = line && recordingOf(line);
      if (!recording) continue;
      const group = `${recording.provider} ${recording.api} ${recording.stream}`;
      groups.set(group, [...(groups.get(group) ?? []), recording]);
    }
  }
  return [...groups.values()].flatMap((group) => chosen(group, countOfEach)).map((each, number) => ({ ...each, number }));
}
