"""OpenAI's own client."""

import base64
import io

from openai import AsyncOpenAI, OpenAI
from report import CLIP, KEY, SOCKET_URL, URL, clip_samples, report

client = OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)


def json_text():
    with open(CLIP, "rb") as file:
        return client.audio.transcriptions.create(model="whisper-1", file=file, language="en").text


def verbose_json():
    with open(CLIP, "rb") as file:
        answer = client.audio.transcriptions.create(
            model="whisper-1", file=file, response_format="verbose_json", timestamp_granularities=["word", "segment"]
        )
    return {"text": answer.text, "words": len(answer.words), "segments": len(answer.segments)}


def stream():
    with open(CLIP, "rb") as file:
        events = list(client.audio.transcriptions.create(model="gpt-4o-transcribe", file=file, stream=True))
    return {"text": events[-1].text, "deltas": len(events) - 1, "tokens": events[-1].usage.total_tokens}


async def refused_upload_of_thirty_megabytes():
    """Whether the reason arrives although the body is still being sent."""
    stranger = AsyncOpenAI(base_url=f"{URL}/v1", api_key="wrong", max_retries=0)
    await stranger.audio.transcriptions.create(model="whisper-1", file=("a.wav", io.BytesIO(bytes(30_000_000))))


def realtime():
    live = OpenAI(base_url=f"{URL}/v1", websocket_base_url=f"{SOCKET_URL}/v1", api_key=KEY)
    samples = clip_samples()
    with live.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        connection.session.update(
            session={
                "type": "transcription",
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": 24_000},
                        "transcription": {"model": "gpt-4o-transcribe", "language": "en"},
                        "turn_detection": {"type": "server_vad"},
                    }
                },
            }
        )
        samples = resampled(samples)
        for at in range(0, len(samples), 48_000):
            audio = base64.b64encode(samples[at : at + 48_000]).decode()
            connection.input_audio_buffer.append(audio=audio)
        for event in connection:
            if event.type == "error":
                return f"error: {event.error.message}"
            if event.type == "conversation.item.input_audio_transcription.completed":
                return event.transcript


def resampled(samples: bytes) -> bytes:
    """16 to 24 kHz, by straight lines."""
    import array

    source = array.array("h", samples)
    length = len(source) * 3 // 2 - 3
    return array.array(
        "h",
        (
            source[at * 2 // 3] + (source[at * 2 // 3 + 1] - source[at * 2 // 3]) * (at * 2 % 3) // 3
            for at in range(length)
        ),
    ).tobytes()


report(
    {
        "json": json_text,
        "verbose_json": verbose_json,
        "stream": stream,
        "refused upload of 30 MB": refused_upload_of_thirty_megabytes,
        "realtime": realtime,
    }
)
