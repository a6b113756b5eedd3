package io.evenkeel.hub.api;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/// A field of a record may be null or left out in its JSON when its type is marked nullable; any
/// other must be there with a value.
final class NullableFields extends NopAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    return isRequired(member);
  }

  @Override
  public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated member) {
    return Boolean.TRUE.equals(isRequired(member))
        ? JsonSetter.Value.forValueNulls(Nulls.FAIL)
        : JsonSetter.Value.empty();
  }

  /// Null for what is no parameter of a constructor.
  private static @Nullable Boolean isRequired(Annotated member) {
    if (member instanceof AnnotatedParameter parameter
        && parameter.getOwner().getAnnotated() instanceof Constructor<?> constructor) {
      RecordComponent[] components = constructor.getDeclaringClass().getRecordComponents();
      // javac does not carry annotations of types over to the parameters of a compact constructor.
      AnnotatedType type =
          components != null && components.length == constructor.getParameterCount()
              ? components[parameter.getIndex()].getAnnotatedType()
              : constructor.getAnnotatedParameterTypes()[parameter.getIndex()];
      return !type.isAnnotationPresent(Nullable.class);
    }
    return null;
  }
}
