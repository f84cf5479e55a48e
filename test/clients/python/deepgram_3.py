"""Deepgram's client in its versions 3 and 4."""

import threading

from deepgram import DeepgramClient, DeepgramClientOptions, LiveOptions, LiveTranscriptionEvents, PrerecordedOptions
from report import KEY, URL, clip_bytes, clip_samples, report

client = DeepgramClient(KEY, DeepgramClientOptions(url=URL, options={"keepalive": "true"}))


def recording():
    options = PrerecordedOptions(model="nova-3", smart_format=True, utterances=True, language="en-US")
    answer = client.listen.rest.v("1").transcribe_file({"buffer": clip_bytes()}, options)
    best = answer.results.channels[0].alternatives[0]
    return {"text": best.transcript, "paragraphs": best.paragraphs.transcript, "utterances": len(answer.results.utterances)}


def live():
    connection = client.listen.websocket.v("1")
    finals, finalized = [], threading.Event()

    def on_transcript(_, result, **__):
        if result.is_final:
            finals.append(result.channel.alternatives[0].transcript)
        if result.from_finalize:
            finalized.set()

    connection.on(LiveTranscriptionEvents.Transcript, on_transcript)
    options = LiveOptions(
        model="nova-3", encoding="linear16", sample_rate=16_000, channels=1, interim_results=True, utterance_end_ms="1000"
    )
    if not connection.start(options):
        return "error: not started"
    samples = clip_samples()
    for at in range(0, len(samples), 32_000):
        connection.send(samples[at : at + 32_000])
    connection.finalize()
    finalized.wait(30)
    connection.finish()
    return " ".join(filter(None, finals))


report({"recording": recording, "live": live})
