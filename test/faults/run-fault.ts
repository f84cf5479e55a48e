import type { Fault, OwnService, Result } from './fault.js';
import { FaultyService } from './faulty-service.js';
import type { Settings } from './faulty-service.js';
import { copyModels } from './model-faults.js';
import { OperatorWatch } from './operator-watch.js';
import { learnTexts } from './traffic.js';

const faultSeconds = 240;

/** Runs faults one after the other, and starts a service for them whenever the one before cannot be used for the next. */
export class FaultRunner {
  private service: FaultyService | undefined;

  /** @param common settings that fit all of the faults, so that they need one service; by default each has its own */
  constructor(private readonly common?: Settings) {}

  /** @throws Error with what does not hold */
  async run(fault: Fault): Promise<Result> {
    if (fault.own !== undefined) return this.runOwn(fault, await fault.own());
    return this.runOn(await this.serviceFor(fault), fault);
  }

  async end(): Promise<void> {
    await this.service?.kill();
    this.service = undefined;
  }

  private async runOwn(fault: Fault, { service, end }: OwnService): Promise<Result> {
    try {
      await learnTexts(service);
      return await this.runOn(service, fault);
    } finally {
      await end();
    }
  }

  private async runOn(service: FaultyService, fault: Fault): Promise<Result> {
    const watch = await OperatorWatch.begin(service);
    try {
      const { client, recoveryMs } = await within(faultSeconds, fault.run(service));
      const operator = await watch.end();
      for (const word of client) {
        if (/^5(?!03)/.test(word)) throw new Error(`a client saw ${word}`);
      }
      if (fault.endsService === true) await this.end();
      const { kind, how, phase } = fault;
      return { kind, how, phase, client, operator, recoveryMs: Math.round(recoveryMs) };
    } catch (error) {
      // What it left is not for the next one.
      await this.end();
      await watch.end().catch(() => undefined);
      throw error;
    }
  }

  private async serviceFor(fault: Fault): Promise<FaultyService> {
    const { service } = this;
    const settings = this.common ?? fault.settings ?? {};
    const isUsable =
      service !== undefined &&
      !service.hasEnded &&
      JSON.stringify(service.settings) === JSON.stringify(settings);
    if (isUsable) return service;
    await this.end();
    if (settings['MODELS_FOLDER'] !== undefined) await copyModels();
    this.service = await FaultyService.start(settings);
    await learnTexts(this.service);
    return this.service;
  }
}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${seconds} s`)), seconds * 1_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
