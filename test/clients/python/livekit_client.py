"""The speech-to-text plugins of LiveKit's agents for Deepgram and OpenAI."""

import asyncio

import aiohttp
from livekit import rtc
from livekit.agents import stt
from livekit.plugins import deepgram, openai
from report import KEY, SOCKET_URL, URL, clip_samples, report


def frame(samples: bytes) -> rtc.AudioFrame:
    return rtc.AudioFrame(data=samples, sample_rate=16_000, num_channels=1, samples_per_channel=len(samples) // 2)


async def final_of(stream: stt.SpeechStream) -> str:
    """Sends the clip as a microphone would, and gives all final transcripts."""
    samples = clip_samples(2)
    for at in range(0, len(samples), 3_200):
        stream.push_frame(frame(samples[at : at + 3_200]))
        await asyncio.sleep(0.01)
    stream.end_input()
    finals = []
    async for event in stream:
        if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT:
            finals.append(event.alternatives[0].text)
    return " ".join(finals)


async def deepgram_recognize():
    async with aiohttp.ClientSession() as session:
        plugin = deepgram.STT(api_key=KEY, base_url=f"{URL}/v1/listen", http_session=session)
        return (await plugin.recognize(frame(clip_samples()))).alternatives[0].text


async def deepgram_stream():
    async with aiohttp.ClientSession() as session:
        plugin = deepgram.STT(
            api_key=KEY, base_url=f"{SOCKET_URL}/v1/listen", http_session=session, language="multi", utterance_end_ms=1000
        )
        async with plugin.stream() as stream:
            return await final_of(stream)


async def openai_recognize():
    plugin = openai.STT(api_key=KEY, base_url=f"{URL}/v1")
    return (await plugin.recognize(frame(clip_samples()))).alternatives[0].text


report(
    {
        "deepgram: recognize": deepgram_recognize,
        "deepgram: stream": deepgram_stream,
        "openai: recognize": openai_recognize,
    }
)
