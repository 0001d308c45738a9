// A provider that answers with recordings: whoever says "replay-7" in a request gets the seventh,
// with the status, headers and body of the real provider, in the pieces in which it was read then.
import { createServer } from 'node:http';

// The connection's own, which are of the recorder's connection.
const hopHeaders = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding'];

const headersOf = (recording) =>
  Object.fromEntries(Object.entries(recording.headers).filter(([name]) => !hopHeaders.includes(name.toLowerCase())));

function* piecesOf({ bytes, reads }) {
  let at = 0;
  for (const length of reads) {
    if (at < bytes.length) yield bytes.subarray(at, at + length);
    at += length;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}

async function answer(request, response, recordings) {
  const asked = [];
  for await (const piece of request) asked.push(piece);
  const named = /replay-(\d+)/.exec(Buffer.concat(asked).toString('utf8'));
  const recording = named && recordings[Number(named[1])];
  if (!recording) return response.writeHead(404).end('{"error":{"message":"no such recording"}}');
  response.writeHead(200, headersOf(recording));
  // Two writes in a row would be read as one.
  for (const piece of piecesOf(recording)) {
    await new Promise((resolve) => response.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

export async function startReplayer(recordings) {
  const server = createServer({ noDelay: true }, (request, response) => {
    answer(request, response, recordings).catch(() => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
