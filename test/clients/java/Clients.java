import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Calls a running service with OpenAI's Java client and with Java's own HttpClient in its default settings, which
 * offer HTTP/2, and prints what came of each call as one JSON object of texts. HEARKEN_URL, API_KEY and CLIP (a WAV file)
 * come by the environment.
 */
final class Clients {
  private static final String url = System.getenv("HEARKEN_URL");
  private static final String key = System.getenv("API_KEY");
  private static final Path clip = Path.of(System.getenv("CLIP"));

  private interface Call {
    String run() throws Exception;
  }

  public static void main(String[] arguments) {
    Map<String, String> report = new LinkedHashMap<>();
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("openai-java: json", () -> openai(key).audio().transcriptions().create(parameters()).asTranscription().text());
    calls.put("openai-java: stream, validated", Clients::stream);
    calls.put("openai-java: wrong key", () -> openai("wrong").audio().transcriptions().create(parameters()).toString());
    calls.put("HttpClient: models", () -> http(HttpRequest.newBuilder(URI.create(url + "/v1/models"))));
    calls.put("HttpClient: recording", () -> http(recording("/v1/listen?model=nova-3")));
    calls.put("HttpClient: recording of unknown length", Clients::chunked);
    calls.put("HttpClient: live", Clients::live);
    calls.forEach((name, call) -> report.put(name, outcomeOf(call)));
    List<String> fields = new ArrayList<>();
    report.forEach((name, text) -> fields.add(quoted(name) + ":" + quoted(text)));
    System.out.println("{" + String.join(",", fields) + "}");
    System.exit(0);
  }

  private static String outcomeOf(Call call) {
    try {
      return call.run();
    } catch (Exception error) {
      return "error: " + error;
    }
  }

  private static OpenAIClient openai(String apiKey) {
    return OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey(apiKey).maxRetries(0).build();
  }

  private static TranscriptionCreateParams parameters() {
    return TranscriptionCreateParams.builder().file(clip).model("whisper-1").build();
  }

  /** The last event's text; `validate` throws where an event is not of OpenAI's types. */
  private static String stream() {
    String[] text = {""};
    try (var events = openai(key).audio().transcriptions().createStreaming(parameters())) {
      events.stream().forEach(event -> {
        event.validate();
        if (event.isTranscriptTextDone()) text[0] = event.asTranscriptTextDone().text();
      });
    }
    return text[0];
  }

  private static HttpRequest.Builder recording(String path) throws Exception {
    return HttpRequest.newBuilder(URI.create(url + path))
        .header("content-type", "audio/wav")
        .POST(HttpRequest.BodyPublishers.ofFile(clip));
  }

  private static String chunked() throws Exception {
    return http(recording("/v1/listen?model=nova-3").POST(HttpRequest.BodyPublishers.ofInputStream(() -> {
      try {
        return Files.newInputStream(clip);
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
    })));
  }

  private static String http(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = HttpClient.newHttpClient()
        .send(request.header("authorization", "Token " + key).build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  /** The close code, and every message. */
  private static String live() throws Exception {
    StringBuilder received = new StringBuilder();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    WebSocket socket = HttpClient.newHttpClient().newWebSocketBuilder()
        .header("authorization", "Token " + key)
        .buildAsync(URI.create(url.replaceFirst("http", "ws") + "/v1/listen?model=nova-3"), new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            received.append(data);
            from.request(1);
            return null;
          }

          @Override
          public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
          }

          @Override
          public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
          }
        })
        .get(10, TimeUnit.SECONDS);
    socket.sendBinary(ByteBuffer.wrap(Files.readAllBytes(clip)), true).get(10, TimeUnit.SECONDS);
    socket.sendText("{\"type\":\"CloseStream\"}", true).get(10, TimeUnit.SECONDS);
    return closed.get(60, TimeUnit.SECONDS) + " " + received;
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
