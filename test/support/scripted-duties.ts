import { serveRequests } from '../../src/inference/serve-requests.js';

/** What a request of a test does in its process. */
export interface ScriptedBody {
  readonly text: string;
  readonly does: 'answer' | 'throw' | 'answer late';
}

/** The last notice. */
let noticed = 0;

serveRequests<ScriptedBody, string>({
  async answer({ text, does }) {
    if (does === 'throw') throw new Error(`cannot answer ${text}`);
    if (does === 'answer late') await new Promise((resolve) => setTimeout(resolve, 200));
    return `${text}, notice ${noticed}`;
  },
  notice(notice) {
    noticed = notice;
  },
});
