// A process full of talkers, so that nothing else that the bench does disturbs their pace.
import { loadClip } from './playlist.mjs';
import { talk } from './talker.mjs';

let clips = [];

const commands = {
  load(paths) {
    clips = paths.map(loadClip);
  },
  talk: (orders) => Promise.all(orders.map((order) => talk(clips, order))),
};

process.on('message', async ({ command, argument }) => {
  try {
    process.send({ result: await commands[command](argument) });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on('disconnect', () => process.exit());
