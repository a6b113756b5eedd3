package io.evenkeel.hub.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The version of this Evenkeel, as the build wrote it.
public final class Version {
  private static final String RESOURCE = "/evenkeel-version.txt";

  private Version() {}

  /// For example `0.1.0`.
  public static String current() {
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + RESOURCE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + RESOURCE, e);
    }
  }
}
