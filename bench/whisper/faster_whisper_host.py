"""One faster-whisper in a process of its own. It reads a JSON object a line and answers with one.

open {model, threads, files}; transcribe {file (an index), form: plain, vad or batched, language} -> {text}
"""
import json
import sys
import wave

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

model = batched = None
clips = []


def read(path):
    with wave.open(path) as clip:
        return np.frombuffer(clip.readframes(clip.getnframes()), np.int16).astype(np.float32) / 32768


def answer(request):
    global model, batched, clips
    if request["command"] == "open":
        model = WhisperModel(
            request["model"], device="cpu", compute_type="int8", cpu_threads=request["threads"], num_workers=1
        )
        batched = BatchedInferencePipeline(model)
        clips = [read(path) for path in request["files"]]
        return {}
    samples, form = clips[request["file"]], request["form"]
    options = {"language": request["language"], "beam_size": 1}
    if form == "batched":
        segments, _ = batched.transcribe(samples, batch_size=8, **options)
    else:
        segments, _ = model.transcribe(samples, vad_filter=form == "vad", **options)
    return {"text": " ".join(segment.text.strip() for segment in segments)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
