package io.evenkeel.hub.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The pages' files, from the class path under `/ui`.
///
/// Names with a content hash are immutable to browsers; brotli and gzip forms made at build time
/// are sent to those who take them; every address that is not a file is the application's own and
/// gets `index.html`. Only names of a plain alphabet are looked up at all, so no path can climb
/// out.
public final class UiFiles {
  private static final String ROOT = "/ui";
  private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final Pattern HASHED = Pattern.compile("/assets/.*");
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("txt", "text/plain; charset=utf-8"));

  /// Answers a request for a page or one of its files.
  void answer(Exchange exchange) throws IOException {
    if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
      throw ApiException.methodNotAllowed("GET");
    }
    String path = exchange.path();
    String file = FILE.matcher(path).matches() && path.contains(".") ? path : "/index.html";
    Optional<String> type =
        Optional.ofNullable(TYPES.get(file.substring(file.lastIndexOf('.') + 1)));
    if (type.isEmpty() || !exists(file)) {
      throw ApiException.notFound("There is no page at " + path + ".");
    }
    exchange.header("Content-Type", type.get());
    exchange.header(
        "Cache-Control",
        HASHED.matcher(file).matches() ? "public, max-age=31536000, immutable" : "no-cache");
    exchange.header("Vary", "Accept-Encoding");
    String accepted = exchange.header("Accept-Encoding").orElse("");
    byte[] bytes = accepted.contains("br") ? read(file + ".br") : null;
    if (bytes != null) {
      exchange.header("Content-Encoding", "br");
    } else if (accepted.contains("gzip")) {
      bytes = read(file + ".gz");
      if (bytes != null) {
        exchange.header("Content-Encoding", "gzip");
      }
    }
    exchange.answerEncoded(
        200, bytes == null ? Optional.ofNullable(read(file)).orElseThrow() : bytes);
  }

  private static boolean exists(String file) {
    return UiFiles.class.getResource(ROOT + file) != null;
  }

  private static byte @Nullable [] read(String file) throws IOException {
    try (InputStream in = UiFiles.class.getResourceAsStream(ROOT + file)) {
      return in == null ? null : in.readAllBytes();
    }
  }
}
