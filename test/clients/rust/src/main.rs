//! Calls a running service with the Rust clients `async-openai` and `deepgram`, as their examples do, and prints what
//! came of each call as one JSON object. HEARKEN_URL, API_KEY and CLIP (a WAV file) come by the environment.
use std::{env, time::Duration};

use async_openai::config::OpenAIConfig;
use async_openai::types::audio::{AudioInput, CreateTranscriptionRequest, CreateTranscriptionResponseStreamEvent};
use async_openai::Client;
use deepgram::common::audio_source::AudioSource;
use deepgram::common::options::{Encoding, Endpointing, Language, Model, Options};
use deepgram::common::stream_response::StreamResponse;
use deepgram::Deepgram;
use futures::StreamExt;
use serde_json::{json, Map, Value};

type Outcome = Result<Value, Box<dyn std::error::Error>>;

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn request() -> CreateTranscriptionRequest {
    CreateTranscriptionRequest {
        file: AudioInput::from(variable("CLIP")),
        model: "whisper-1".to_string(),
        ..Default::default()
    }
}

fn openai(key: &str) -> Client<OpenAIConfig> {
    let base = format!("{}/v1", variable("HEARKEN_URL"));
    Client::with_config(OpenAIConfig::new().with_api_base(base).with_api_key(key))
}

async fn openai_json(key: &str) -> Outcome {
    Ok(json!(openai(key).audio().transcription().create(request()).await?.text))
}

async fn openai_stream(key: &str) -> Outcome {
    let mut events = openai(key).audio().transcription().create_stream(request()).await?;
    let (mut deltas, mut text, mut tokens) = (0, String::new(), 0);
    while let Some(event) = events.next().await {
        match event? {
            CreateTranscriptionResponseStreamEvent::TranscriptTextDelta(_) => deltas += 1,
            CreateTranscriptionResponseStreamEvent::TranscriptTextDone(done) => {
                text = done.text;
                tokens = done.usage.total_tokens;
            }
            _ => {}
        }
    }
    Ok(json!({ "text": text, "deltas": deltas, "tokens": tokens }))
}

fn deepgram_client(key: &str) -> Result<Deepgram, deepgram::DeepgramError> {
    Deepgram::with_base_url_and_api_key(variable("HEARKEN_URL").as_str(), key)
}

async fn deepgram_recording(key: &str, model: Model) -> Outcome {
    let source = AudioSource::from_buffer_with_mime_type(std::fs::read(variable("CLIP"))?, "audio/wav");
    let options = Options::builder().model(model).smart_format(true).language(Language::en_US).build();
    let answer = deepgram_client(key)?.transcription().prerecorded(source, &options).await?;
    Ok(json!({
        "text": answer.results.channels[0].alternatives[0].transcript,
        "request": answer.metadata.request_id.to_string(),
    }))
}

async fn deepgram_live(key: &str) -> Outcome {
    let client = deepgram_client(key)?;
    let options = Options::builder().model(Model::Nova3).smart_format(true).language(Language::en_US).build();
    let mut results = client
        .transcription()
        .stream_request_with_options(options)
        .keep_alive()
        .encoding(Encoding::Linear16)
        .sample_rate(16_000)
        .channels(1)
        .endpointing(Endpointing::CustomDurationMs(300))
        .interim_results(true)
        .utterance_end_ms(1_000)
        .vad_events(true)
        .no_delay(true)
        .file(variable("CLIP"), 16_000, Duration::from_millis(100))
        .await?;
    let (mut words, mut ended) = (Vec::new(), false);
    while let Some(result) = results.next().await {
        match result? {
            StreamResponse::TranscriptResponse { is_final: true, channel, .. } => {
                words.push(channel.alternatives[0].transcript.clone());
            }
            StreamResponse::TerminalResponse { .. } => ended = true,
            _ => {}
        }
    }
    Ok(json!({ "text": words.join(" ").trim(), "ended": ended, "request": results.request_id().map(|id| id.to_string()) }))
}

#[tokio::main]
async fn main() {
    let key = variable("API_KEY");
    let mut report = Map::new();
    let mut say = |name: &str, outcome: Outcome| {
        let value = outcome.unwrap_or_else(|error| json!({ "error": format!("{error:?}") }));
        report.insert(name.to_string(), value);
    };
    say("async-openai: json", openai_json(&key).await);
    say("async-openai: stream", openai_stream(&key).await);
    say("async-openai: wrong key", openai_json("wrong").await);
    say("deepgram: recording", deepgram_recording(&key, Model::Nova3).await);
    say("deepgram: unknown model", deepgram_recording(&key, Model::CustomId("nobody".to_string())).await);
    say("deepgram: live", deepgram_live(&key).await);
    println!("{}", Value::Object(report));
}
