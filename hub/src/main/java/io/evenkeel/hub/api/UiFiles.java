package io.evenkeel.hub.api;

import io.evenkeel.model.Text;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The pages' files, from the class path under `/ui`.
///
/// Names with a content hash are immutable to browsers, the others are checked by their ETag each
/// time. Brotli and gzip forms made at build time are sent to those who take them. Every address
/// that is not a file is the application's own and gets `index.html`. Only names of a plain
/// alphabet are looked up at all, so no path can climb out. Files that were asked for once stay in
/// memory: there are some dozens. Safe for use by many threads.
public final class UiFiles {
  private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final String HASHED = "/assets/";
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

  private enum Encoding {
    BROTLI("br", ".br"),
    GZIP("gzip", ".gz"),
    PLAIN("", "");

    private final String header;
    private final String suffix;

    Encoding(String header, String suffix) {
      this.header = header;
      this.suffix = suffix;
    }
  }

  private record Content(Encoding encoding, byte[] bytes, String tag) {}

  private final String root;
  private final Map<String, Content> contents = new ConcurrentHashMap<>();

  /// The built pages.
  public UiFiles() {
    this("/ui");
  }

  /// @param root the folder on the class path
  UiFiles(String root) {
    this.root = root;
  }

  /// Answers a request for a page or one of its files.
  ///
  /// @throws ApiException when it is for neither
  void answer(ServerRequest request, ServerResponse response) throws IOException {
    String method = request.prologue().method().text();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw ApiException.methodNotAllowed("GET, HEAD");
    }
    String path = request.path().rawPathNoParams();
    String extension = path.substring(path.lastIndexOf('.') + 1);
    // A page's address may have dots too: /servers/web1.example.org
    String file = TYPES.containsKey(extension) ? path : "/index.html";
    Optional<Content> content =
        FILE.matcher(file).matches() ? content(file, acceptedEncodings(request)) : Optional.empty();
    if (content.isEmpty()) {
      throw ApiException.notFound(Text.of("There is no page at " + path + ".", path + " 处没有页面。"));
    }
    response.header(
        HeaderNames.CONTENT_TYPE,
        TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "text/html"));
    response.header(HeaderNames.VARY, "Accept-Encoding");
    response.header(HeaderNames.ETAG, content.get().tag);
    response.header(
        HeaderNames.CACHE_CONTROL,
        file.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache");
    if (request.headers().contains(HeaderNames.IF_NONE_MATCH)
        && request.headers().get(HeaderNames.IF_NONE_MATCH).values().contains(content.get().tag)) {
      response.status(304).send();
      return;
    }
    if (content.get().encoding != Encoding.PLAIN) {
      response.header(HeaderNames.CONTENT_ENCODING, content.get().encoding.header);
    }
    if (method.equals("HEAD")) {
      response.contentLength(content.get().bytes.length);
      response.send();
    } else {
      response.send(content.get().bytes);
    }
  }

  private static String acceptedEncodings(ServerRequest request) {
    return request.headers().contains(HeaderNames.ACCEPT_ENCODING)
        ? request.headers().get(HeaderNames.ACCEPT_ENCODING).values()
        : "";
  }

  /// The smallest form of a file that the browser takes.
  private Optional<Content> content(String file, String accepted) throws IOException {
    for (Encoding encoding : Encoding.values()) {
      if (accepted.contains(encoding.header)) {
        Optional<Content> content = load(file, encoding);
        if (content.isPresent()) {
          return content;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Content> load(String file, Encoding encoding) throws IOException {
    String resource = root + file + encoding.suffix;
    Content known = contents.get(resource);
    if (known != null) {
      return Optional.of(known);
    }
    try (InputStream in = UiFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        // Not remembered: names of files that are not there come from outside and have no end.
        return Optional.empty();
      }
      byte[] bytes = in.readAllBytes();
      Content content = new Content(encoding, bytes, tag(bytes));
      contents.put(resource, content);
      return Optional.of(content);
    }
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
