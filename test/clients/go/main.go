// Calls a running service with OpenAI's and Deepgram's Go clients, as their examples do, and prints what came of each
// call as one JSON object. HEARKEN_URL, API_KEY and CLIP (a WAV file) come by the environment.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	restv1 "github.com/deepgram/deepgram-go-sdk/v3/pkg/api/listen/v1/rest"
	msginterfaces "github.com/deepgram/deepgram-go-sdk/v3/pkg/api/listen/v1/websocket/interfaces"
	"github.com/deepgram/deepgram-go-sdk/v3/pkg/client/interfaces"
	"github.com/deepgram/deepgram-go-sdk/v3/pkg/client/listen"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

var (
	url  = os.Getenv("HEARKEN_URL")
	key  = os.Getenv("API_KEY")
	clip = os.Getenv("CLIP")
)

func openaiClient(apiKey string) openai.Client {
	return openai.NewClient(option.WithBaseURL(url+"/v1"), option.WithAPIKey(apiKey), option.WithMaxRetries(0))
}

func openaiJSON(apiKey string) (any, error) {
	file, err := os.Open(clip)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	client := openaiClient(apiKey)
	answer, err := client.Audio.Transcriptions.New(context.Background(), openai.AudioTranscriptionNewParams{
		File: file, Model: openai.AudioModelWhisper1,
	})
	if err != nil {
		return nil, err
	}
	return answer.Text, nil
}

func openaiStream() (any, error) {
	file, err := os.Open(clip)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	client := openaiClient(key)
	stream := client.Audio.Transcriptions.NewStreaming(context.Background(), openai.AudioTranscriptionNewParams{
		File: file, Model: openai.AudioModelGPT4oTranscribe,
	})
	text, tokens := "", int64(0)
	for stream.Next() {
		event := stream.Current()
		if event.Type == "transcript.text.done" {
			text, tokens = event.Text, event.Usage.TotalTokens
		}
	}
	return map[string]any{"text": text, "tokens": tokens}, stream.Err()
}

func deepgramRecording(model string) (any, error) {
	client := restv1.New(listen.NewREST(key, &interfaces.ClientOptions{Host: url}))
	answer, err := client.FromFile(context.Background(), clip, &interfaces.PreRecordedTranscriptionOptions{
		Model: model, Punctuate: true, Paragraphs: true, SmartFormat: true, Language: "en-US", Utterances: true,
	})
	if err != nil {
		// As the example of the client does; it panics where the answer's error has not been read.
		if status, ok := err.(*interfaces.StatusError); ok {
			return nil, fmt.Errorf("%s: %s", status.DeepgramError.ErrCode, status.DeepgramError.ErrMsg)
		}
		return nil, err
	}
	best := answer.Results.Channels[0].Alternatives[0]
	vtt, err := answer.ToWebVTT()
	return map[string]any{"text": best.Transcript, "paragraphs": best.Paragraphs.Transcript, "vtt": vtt}, err
}

// Every message, one by one.
type listener struct{ finals, ends chan string }

func (l listener) Open(*msginterfaces.OpenResponse) error { return nil }
func (l listener) Message(message *msginterfaces.MessageResponse) error {
	if message.IsFinal {
		l.finals <- message.Channel.Alternatives[0].Transcript
	}
	return nil
}
func (l listener) Metadata(*msginterfaces.MetadataResponse) error {
	l.ends <- "metadata"
	return nil
}
func (l listener) SpeechStarted(*msginterfaces.SpeechStartedResponse) error { return nil }
func (l listener) UtteranceEnd(*msginterfaces.UtteranceEndResponse) error   { return nil }
func (l listener) Close(*msginterfaces.CloseResponse) error                 { return nil }
func (l listener) Error(failure *msginterfaces.ErrorResponse) error {
	l.ends <- "error " + failure.ErrCode
	return nil
}
func (l listener) UnhandledEvent([]byte) error { return nil }

func deepgramLive() (any, error) {
	heard := listener{finals: make(chan string, 100), ends: make(chan string, 100)}
	host := strings.Replace(url, "http", "ws", 1)
	client, err := listen.NewWSUsingCallback(context.Background(), key, &interfaces.ClientOptions{Host: host, EnableKeepAlive: true},
		&interfaces.LiveTranscriptionOptions{
			Model: "nova-3", Language: "en-US", Punctuate: true, Encoding: "linear16", SampleRate: 16000, Channels: 1,
			SmartFormat: true, InterimResults: true, UtteranceEndMs: "1000", VadEvents: true,
		}, heard)
	if err != nil {
		return nil, err
	}
	if !client.Connect() {
		return nil, fmt.Errorf("not connected")
	}
	file, err := os.Open(clip)
	if err != nil {
		return nil, err
	}
	if err := client.Stream(bufio.NewReader(file)); err != nil && err.Error() != "EOF" {
		return nil, err
	}
	if err := client.Finalize(); err != nil {
		return nil, err
	}
	words := []string{}
	for deadline := time.After(60 * time.Second); ; {
		select {
		case final := <-heard.finals:
			words = append(words, final)
			// The answer to Finalize is the last of them.
			if len(strings.Fields(strings.Join(words, " "))) >= 15 {
				client.Stop()
				return strings.Join(words, " "), nil
			}
		case end := <-heard.ends:
			return strings.Join(words, " "), fmt.Errorf("ended early: %s", end)
		case <-deadline:
			return strings.Join(words, " "), fmt.Errorf("no end")
		}
	}
}

func main() {
	listen.Init(listen.InitLib{LogLevel: listen.LogLevelErrorOnly})
	report := map[string]any{}
	say := func(name string, call func() (any, error)) {
		defer func() {
			if panicked := recover(); panicked != nil {
				report[name] = fmt.Sprintf("panic: %v", panicked)
			}
		}()
		value, err := call()
		if err != nil {
			value = "error: " + err.Error()
		}
		report[name] = value
	}
	say("openai-go: json", func() (any, error) { return openaiJSON(key) })
	say("openai-go: stream", openaiStream)
	say("openai-go: wrong key", func() (any, error) { return openaiJSON("wrong") })
	say("deepgram-go-sdk: recording", func() (any, error) { return deepgramRecording("nova-3") })
	say("deepgram-go-sdk: unknown model", func() (any, error) { return deepgramRecording("nobody") })
	say("deepgram-go-sdk: live", deepgramLive)
	json.NewEncoder(os.Stdout).Encode(report)
}
