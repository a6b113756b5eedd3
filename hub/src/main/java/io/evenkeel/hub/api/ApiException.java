package io.evenkeel.hub.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request that is answered with an error: a status, a code for programs and a sentence for
/// people.
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String field;
  private final @Nullable Integer position;
  private final transient Map<String, String> headers;

  private ApiException(
      int status,
      String code,
      String message,
      @Nullable String field,
      Map<String, String> headers) {
    this(status, code, message, field, null, headers);
  }

  private ApiException(
      int status,
      String code,
      String message,
      @Nullable String field,
      @Nullable Integer position,
      Map<String, String> headers) {
    super(message, null, false, false);
    this.position = position;
    this.status = status;
    this.code = code;
    this.field = field;
    this.headers = headers;
  }

  public static ApiException badRequest(String message) {
    return new ApiException(400, "bad_request", message, null, Map.of());
  }

  /// A value in the body that is not acceptable.
  ///
  /// @param field the value's key
  public static ApiException badField(String field, String message) {
    return new ApiException(400, "bad_request", message, field, Map.of());
  }

  /// An expression in the body that is not acceptable.
  ///
  /// @param field the expression's key
  /// @param position where in the expression, from 0; negative when it is not about a place
  public static ApiException badExpression(String field, String message, int position) {
    return new ApiException(
        400,
        "bad_request",
        message,
        field.isEmpty() ? null : field,
        position < 0 ? null : position,
        Map.of());
  }

  public static ApiException unauthenticated(String message) {
    return new ApiException(401, "unauthenticated", message, null, Map.of());
  }

  public static ApiException forbidden(String message) {
    return new ApiException(403, "forbidden", message, null, Map.of());
  }

  public static ApiException notFound(String message) {
    return new ApiException(404, "not_found", message, null, Map.of());
  }

  public static ApiException methodNotAllowed(String allowed) {
    return new ApiException(
        405,
        "bad_request",
        "This address answers " + allowed + ".",
        null,
        Map.of("Allow", allowed));
  }

  public static ApiException conflict(String message) {
    return new ApiException(409, "conflict", message, null, Map.of());
  }

  public static ApiException tooLarge(String message) {
    return new ApiException(413, "bad_request", message, null, Map.of());
  }

  public static ApiException unsupportedType(String message) {
    return new ApiException(415, "bad_request", message, null, Map.of());
  }

  /// 426: the other side is of a version that this hub does not speak with.
  public static ApiException upgradeRequired(String message) {
    return new ApiException(426, "upgrade_required", message, null, Map.of());
  }

  public static ApiException tooMany(String message, long retryAfterSeconds) {
    return new ApiException(
        429, "too_many", message, null, Map.of("Retry-After", Long.toString(retryAfterSeconds)));
  }

  public static ApiException unavailable(String message, long retryAfterSeconds) {
    return new ApiException(
        503, "unavailable", message, null, Map.of("Retry-After", Long.toString(retryAfterSeconds)));
  }

  /// A fault of the hub; what it was stands in the log and is not for strangers.
  public static ApiException internal() {
    return new ApiException(
        500, "internal", "Something went wrong in the hub; its log says what.", null, Map.of());
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
