"""The speech-to-text services of pipecat for Deepgram and OpenAI, each in a pipeline."""

import asyncio
import sys

from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    InputAudioRawFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.openai.stt import OpenAISTTService
from report import KEY, URL, clip_samples, report

logger.remove()
logger.add(sys.stderr, level="ERROR")


class Listener(FrameProcessor):
    """Keeps the transcripts that come down the pipeline."""

    def __init__(self):
        super().__init__()
        self.texts = []
        self.heard = asyncio.Event()

    async def process_frame(self, frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self.texts.append(frame.text)
            self.heard.set()
        await self.push_frame(frame, direction)


async def text_of(service) -> str:
    listener = Listener()
    task = PipelineTask(Pipeline([service, listener]), params=PipelineParams(audio_in_sample_rate=16_000))

    async def speak():
        samples = clip_samples(1.5)
        await task.queue_frame(VADUserStartedSpeakingFrame())
        for at in range(0, len(samples), 3_200):
            await task.queue_frame(
                InputAudioRawFrame(audio=samples[at : at + 3_200], sample_rate=16_000, num_channels=1)
            )
            await asyncio.sleep(0.02)
        await task.queue_frame(VADUserStoppedSpeakingFrame())
        await asyncio.wait_for(listener.heard.wait(), 30)
        await task.queue_frame(EndFrame())

    await asyncio.gather(PipelineRunner(handle_sigint=False).run(task), speak())
    return " ".join(listener.texts)


async def deepgram_live():
    return await text_of(DeepgramSTTService(api_key=KEY, base_url=URL))


async def openai_recording():
    return await text_of(OpenAISTTService(api_key=KEY, base_url=f"{URL}/v1"))


report({"deepgram: live": deepgram_live, "openai: recording": openai_recording})
