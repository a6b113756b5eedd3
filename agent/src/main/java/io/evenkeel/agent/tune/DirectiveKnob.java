package io.evenkeel.agent.tune;

import io.evenkeel.agent.tune.service.Directives;
import io.evenkeel.agent.tune.service.ServiceFile;
import io.evenkeel.agent.tune.service.ServiceFileException;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Place.Directive;
import io.evenkeel.model.tune.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// A directive of a service's configuration file: written by putting another file in its place,
/// looked at by the service's own check, taken by its reload.
///
/// A snapshot has the hash of the whole file and the value as it was written. The file is ours to
/// put back when it has our value and would have that hash with the old one: then nobody else wrote
/// a byte of it since.
final class DirectiveKnob implements Knob {
  private final ServiceFile file;
  private final Directive directive;

  /// The hash of the file that [#write] may replace; empty before a look at it.
  private String seen = "";

  DirectiveKnob(ServiceFile file, Directive directive) {
    this.file = file;
    this.directive = directive;
  }

  private record Text(String all, Directives.Found found) {
    String with(String written) {
      return found.replacedIn(all, written);
    }
  }

  private Text text() throws KnobException {
    try {
      String all = file.read();
      return new Text(all, Directives.find(directive.service(), directive.name(), all));
    } catch (ServiceFileException e) {
      throw explained(e);
    }
  }

  private KnobException explained(ServiceFileException e) {
    String message = Refusal.SERVICE_FILE.text(file.name(), String.valueOf(e.getMessage()));
    return e.isOthersDoing()
        ? new KnobOverwrittenException(message, e)
        : new KnobException(message, e);
  }

  @Override
  public String read() throws KnobException {
    return text().found.value();
  }

  @Override
  public String snapshot() throws KnobException {
    Text text = text();
    seen = hash(text.all);
    return file.text(seen, text.found.writtenIn(text.all));
  }

  @Override
  public String shown(String snapshot) {
    return ServiceFile.written(snapshot).replaceAll("^(['\"])(.*)\\1$", "$2");
  }

  @Override
  public String diff(String value) throws KnobException {
    Text text = text();
    return file.diff(text.all, text.with(value));
  }

  @Override
  public boolean isAsTurned(String value, String before) throws KnobException {
    Text text = text();
    return text.found.value().equals(value)
        && hash(text.with(ServiceFile.written(before))).equals(ServiceFile.hash(before));
  }

  @Override
  public String overwritten() throws KnobException {
    return read() + " in " + file.file() + ", which was overwritten since";
  }

  @Override
  public void write(String value) throws KnobException {
    Text text = text();
    String changed = text.with(value);
    if (!hash(text.all).equals(seen)) {
      throw new KnobUntouchedException(Refusal.WRITTEN_MEANWHILE.text(file.file().toString()));
    }
    replace(text.all, changed);
    Optional<String> objection = file.checked(directive.name(), value);
    if (objection.isPresent()) {
      replace(changed, text.all);
      throw new KnobUntouchedException(Refusal.CHECK_REFUSES.text(objection.get()));
    }
    reload(value);
  }

  @Override
  public void restore(String snapshot) throws KnobException {
    Text text = text();
    String old = text.with(ServiceFile.written(snapshot));
    if (!hash(old).equals(ServiceFile.hash(snapshot))) {
      throw new KnobOverwrittenException(overwritten());
    }
    replace(text.all, old);
    reload(shown(snapshot));
  }

  @Override
  public Optional<String> settle(String snapshot) {
    return file.reloaded(directive.name(), shown(snapshot)).map(Refusal.RELOAD_OWED::text);
  }

  private void reload(String value) throws KnobException {
    Optional<String> failure = file.reloaded(directive.name(), value);
    if (failure.isPresent()) {
      throw new KnobException(Refusal.RELOAD_FAILED.text(failure.get()));
    }
  }

  private void replace(String before, String after) throws KnobException {
    try {
      file.replace(before, after);
    } catch (ServiceFileException e) {
      throw explained(e);
    }
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
