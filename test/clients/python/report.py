"""What the programs beside this file share: they call a running service and print what came of each call as one JSON
object. HEARKEN_URL, API_KEY and CLIP (a WAV file) come by the environment."""

import asyncio
import inspect
import json
import os
import wave

URL = os.environ["HEARKEN_URL"]
SOCKET_URL = URL.replace("http", "ws", 1)
KEY = os.environ["API_KEY"]
CLIP = os.environ["CLIP"]


def clip_bytes() -> bytes:
    with open(CLIP, "rb") as file:
        return file.read()


def clip_samples(seconds_of_silence: float = 1.0) -> bytes:
    """16-bit samples at 16 kHz, with silence behind them."""
    with wave.open(CLIP) as file:
        return file.readframes(file.getnframes()) + bytes(int(seconds_of_silence * 16_000) * 2)


def report(calls: dict) -> None:
    """Runs each call by its name, functions and coroutine functions, and prints what they gave or raised."""
    outcomes = {}
    for name, call in calls.items():
        try:
            outcomes[name] = asyncio.run(call()) if inspect.iscoroutinefunction(call) else call()
        except Exception as error:  # noqa: BLE001: a failure is an outcome
            outcomes[name] = f"error: {type(error).__name__}: {error}"
    print(json.dumps(outcomes))
