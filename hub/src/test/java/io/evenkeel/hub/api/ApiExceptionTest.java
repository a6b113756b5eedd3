package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Text;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApiExceptionTest {
  static Stream<Method> factories() {
    return Arrays.stream(ApiException.class.getDeclaredMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == ApiException.class);
  }

  @ParameterizedTest
  @MethodSource("factories")
  void every_error_tells_people_what_it_is_in_both_languages(Method factory) throws Exception {
    Object[] arguments =
        Arrays.stream(factory.getParameterTypes())
            .map(type -> {
              if (type == Text.class) {
                return Text.of("Too late.", "太迟了。");
              }
              return type == String.class ? "GET" : type == int.class ? (Object) 3 : (Object) 3L;
            })
            .toArray();
    ApiException error = (ApiException) factory.invoke(null, arguments);
    assertThat(error.text().en()).isEqualTo(error.getMessage()).matches("[\\x20-\\x7e]+");
    assertThat(error.text().zh()).containsPattern("\\p{IsHan}").endsWith("。");
    assertThat(error.status()).isBetween(400, 599);
  }
}
