import { Injectable } from '@nestjs/common';
import type { Origin } from '../common/origin.js';
import type { ServedModel } from './recognition.types.js';

/** Decides which model serves a client that leaves the choice to the service. Called once for each request or socket. */
export interface ModelAssignment {
  /** @param model the one that everybody gets without an assignment */
  modelFor(model: ServedModel, origin: Origin): ServedModel;
}

/** The assignment in force. The port is here because recognition imports no observer: whoever assigns sets itself in `onModuleInit`. */
@Injectable()
export class ModelAssignments implements ModelAssignment {
  private assignment: ModelAssignment | undefined;

  use(assignment: ModelAssignment): void {
    this.assignment = assignment;
  }

  modelFor(model: ServedModel, origin: Origin): ServedModel {
    return this.assignment?.modelFor(model, origin) ?? model;
  }
}
