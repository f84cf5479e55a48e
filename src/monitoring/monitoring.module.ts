import { Module } from '@nestjs/common';
import { ModelRegistryModule } from '../model-registry/model-registry.module.js';
import { RecognitionModule } from '../recognition/recognition.module.js';
import { SharedTransportModule } from '../transports/shared/shared.module.js';
import { DriftMonitor } from './drift/drift-monitor.js';
import { DriftController } from './drift/drift.controller.js';

/** Whether clients still send what the models were evaluated on. */
@Module({
  imports: [ModelRegistryModule, RecognitionModule, SharedTransportModule],
  controllers: [DriftController],
  providers: [DriftMonitor],
  exports: [DriftMonitor],
})
export class MonitoringModule {}
