"""Deepgram's client in its versions 5 to 7."""

from deepgram import DeepgramClient
from deepgram.environment import DeepgramClientEnvironment
from report import KEY, SOCKET_URL, URL, clip_bytes, clip_samples, report

try:
    environment = DeepgramClientEnvironment(base=URL, production=SOCKET_URL, agent=SOCKET_URL)
except TypeError:  # version 7 has one more
    environment = DeepgramClientEnvironment(base=URL, production=SOCKET_URL, agent=SOCKET_URL, agent_rest=URL)
client = DeepgramClient(api_key=KEY, environment=environment)


def recording():
    answer = client.listen.v1.media.transcribe_file(request=clip_bytes(), model="nova-3", smart_format=True, utterances=True)
    best = answer.results.channels[0].alternatives[0]
    return {"text": best.transcript, "paragraphs": best.paragraphs.transcript, "utterances": len(answer.results.utterances)}


def unknown_model():
    return client.listen.v1.media.transcribe_file(request=clip_bytes(), model="nobody").results


def live():
    finals = []
    options = {"model": "nova-3", "encoding": "linear16", "sample_rate": "16000", "interim_results": "true"}
    with client.listen.v1.connect(**options) as connection:
        samples = clip_samples()
        for at in range(0, len(samples), 32_000):
            connection.send_media(samples[at : at + 32_000])
        close_stream(connection)
        for message in connection:
            if message.type == "Results" and message.is_final:
                finals.append(message.channel.alternatives[0].transcript)
    return " ".join(filter(None, finals))


def close_stream(connection):
    """Version 5 has a message for it, 6 and 7 a method."""
    if not hasattr(connection, "send_close_stream"):
        from deepgram.extensions.types.sockets import ListenV1ControlMessage

        return connection.send_control(ListenV1ControlMessage(type="CloseStream"))
    try:
        return connection.send_close_stream()
    except TypeError:
        from deepgram.listen.v1.types import ListenV1CloseStream

        return connection.send_close_stream(ListenV1CloseStream(type="CloseStream"))


report({"recording": recording, "unknown model": unknown_model, "live": live})
