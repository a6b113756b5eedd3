package io.evenkeel.hub.api;

import io.evenkeel.model.Text;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that is answered with an error: a status, a code for programs and a sentence for
/// people, in both languages. The exception's own message is the English one.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Text text;
  private final int status;
  private final String code;
  private final @Nullable String field;
  private final @Nullable Integer position;
  private final transient Map<String, String> headers;

  private ApiException(
      int status, String code, Text message, @Nullable String field, Map<String, String> headers) {
    this(status, code, message, field, null, headers);
  }

  private ApiException(
      int status,
      String code,
      Text message,
      @Nullable String field,
      @Nullable Integer position,
      Map<String, String> headers) {
    super(message.en(), null, false, false);
    this.text = message;
    this.position = position;
    this.status = status;
    this.code = code;
    this.field = field;
    this.headers = headers;
  }

  public static ApiException badRequest(Text message) {
    return new ApiException(400, "bad_request", message, null, Map.of());
  }

  /// A value in the body that is not acceptable.
  ///
  /// @param field the value's key
  public static ApiException badField(String field, Text message) {
    return new ApiException(400, "bad_request", message, field, Map.of());
  }

  /// An expression in the body that is not acceptable.
  ///
  /// @param field the expression's key
  /// @param position where in the expression, from 0; negative when it is not about a place
  public static ApiException badExpression(String field, Text message, int position) {
    return new ApiException(
        400,
        "bad_request",
        message,
        field.isEmpty() ? null : field,
        position < 0 ? null : position,
        Map.of());
  }

  public static ApiException unauthenticated(Text message) {
    return new ApiException(401, "unauthenticated", message, null, Map.of());
  }

  public static ApiException forbidden(Text message) {
    return new ApiException(403, "forbidden", message, null, Map.of());
  }

  public static ApiException notFound(Text message) {
    return new ApiException(404, "not_found", message, null, Map.of());
  }

  public static ApiException methodNotAllowed(String allowed) {
    return new ApiException(
        405,
        "bad_request",
        Text.of("This address answers " + allowed + ".", "此地址支持 " + allowed + "。"),
        null,
        Map.of("Allow", allowed));
  }

  public static ApiException conflict(Text message) {
    return new ApiException(409, "conflict", message, null, Map.of());
  }

  public static ApiException tooLarge(Text message) {
    return new ApiException(413, "bad_request", message, null, Map.of());
  }

  public static ApiException unsupportedType(Text message) {
    return new ApiException(415, "bad_request", message, null, Map.of());
  }

  /// 426: the other side is of a version that this hub does not speak with.
  public static ApiException upgradeRequired(Text message) {
    return new ApiException(426, "upgrade_required", message, null, Map.of());
  }

  public static ApiException tooMany(Text message, long retryAfterSeconds) {
    return new ApiException(
        429, "too_many", message, null, Map.of("Retry-After", Long.toString(retryAfterSeconds)));
  }

  public static ApiException unavailable(Text message, long retryAfterSeconds) {
    return new ApiException(
        503, "unavailable", message, null, Map.of("Retry-After", Long.toString(retryAfterSeconds)));
  }

  /// A fault of the hub; what it was stands in the log and is not for strangers.
  public static ApiException internal() {
    return new ApiException(
        500,
        "internal",
        Text.of("Something went wrong in the hub; its log says what.", "中心出错，详情见其日志。"),
        null,
        Map.of());
  }

  /// The sentence for people.
  public Text text() {
    return text;
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public @Nullable String field() {
    return field;
  }

  /// Where in an expression it is wrong, from 0.
  public @Nullable Integer position() {
    return position;
  }

  /// Headers that the answer carries.
  public Map<String, String> headers() {
    return headers;
  }
}
