// `npm run bench:soak`: thousands of recordings of any length for one service, and what becomes of its memory.
import { SetupError, orExit, setUp } from '../../scripts/setup.mjs';

await orExit(() => setUp({ models: true }));
// Imported only now: it needs the packages and the build.
const { soak } = await import('./soak-run.mjs');
await orExit(async () => {
  if (!(await soak(process.argv.slice(2)))) throw new SetupError('soak: some recordings were not answered');
});
