// `compressor-bench serve`: offers a bench to other programs over HTTP and Socket.IO until it is interrupted.
import type { Command } from './command';
import type { CommandSpec } from './options';

const spec: CommandSpec = {
  name: 'serve',
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  summary: 'Offer a bench to other programs over HTTP and Socket.IO, until Ctrl-C.',
  options: [
    {
      name: 'workspace',
      type: 'text',
      value: 'DIR',
      help: 'the folder whose .compressor-bench/ is served',
      defaultText: 'the current folder',
    },
    {
      name: 'host',
      type: 'text',
      value: 'ADDRESS',
      help: 'where to listen; others than this machine need the token',
      defaultText: '127.0.0.1',
    },
    {
      name: 'port',
      type: 'integer',
      value: 'N',
      minimum: 0,
      maximum: 65535,
      help: '0 takes any that is free',
      defaultText: '5000',
    },
    {
      name: 'token',
      type: 'text',
      value: 'T',
      help: 'what clients have to know; "none" lets all of this machine in',
      defaultText: 'a new one is made and printed',
    },
    {
      name: 'allow',
      type: 'text',
      value: 'DIR',
      repeatable: true,
      help: 'folder besides the workspace whose files clients may name',
    },
    {
      name: 'allow-origin',
      type: 'text',
      value: 'URL',
      repeatable: true,
      help: 'origin of pages that may use the server from a browser',
    },
    { name: 'url-prefix', type: 'text', value: 'P', help: 'path before /api and /socket.io', defaultText: 'none' },
    { name: 'tls-cert', type: 'text', value: 'FILE', help: 'certificate (PEM): serve https' },
    { name: 'tls-key', type: 'text', value: 'FILE', help: 'its private key (PEM)' },
  ],
  details: `Clients send the token as "Authorization: Bearer T", as ?token=T, or as Socket.IO's auth.token. Clients that know
no token, such as those of Studio, need --token none. Jobs run in processes of their own: they go on when the server
stops, and when it starts again it knows of them.

Examples:
  compressor-bench serve --workspace models
  compressor-bench serve --port 0 --json          one line with url, token, port and pid, for scripts
  curl -H "Authorization: Bearer T" http://127.0.0.1:5000/api/project/list`,
};

export const serveCommand: Command = {
  spec,
  // A server with all it needs is loaded for those alone who start one.
  run: async (parsed, signal) => (await import('./serveBench')).serveBench(parsed, signal),
};
