package io.evenkeel.hub.doctor;

import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.tsdb.engine.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a hub of some configuration needs: its folder, its settings, its certificate, its address.
/// Changes nothing, and may run beside the hub.
public final class HubCheck {
  private static final long WANTED_DISK_BYTES = 2L << 30;
  private static final Duration RENEW_BEFORE = Duration.ofDays(14);
  private static final int ANSWER_MILLIS = 2_000;

  /// A lock or a forced write over these is not what it is on a disk.
  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p");

  private final EvenkeelConfig config;
  private final Clock clock;

  public HubCheck(EvenkeelConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /// Everything, in the order in which it is told.
  public List<Remark> remarks() {
    List<Remark> all = new ArrayList<>();
    folder(all);
    settings(all);
    config.tls().ifPresent(tls -> all.add(certificate(tls)));
    all.add(address());
    return all;
  }

  private void folder(List<Remark> into) {
    Path data = config.data().toAbsolutePath().normalize();
    if (Files.notExists(data)) {
      into.add(Remark.note("data", data + " is made by the hub's first start"));
      return;
    }
    if (!Files.isDirectory(data) || !Files.isWritable(data)) {
      into.add(
          Remark.problem(
              "data", data + " is no folder that this user may write: name another with --data"));
      return;
    }
    into.add(Remark.good("data", data.toString()));
    try {
      into.add(disk(Files.getFileStore(data)));
    } catch (IOException e) {
      into.add(
          Remark.problem("disk", "the disk of " + data + " cannot be asked: " + e.getMessage()));
    }
  }

  private static Remark disk(FileStore disk) throws IOException {
    long usable = disk.getUsableSpace();
    String free = (usable >> 20) + " MiB are free on " + disk.name() + " (" + disk.type() + ")";
    if (usable < StoreSettings.DEFAULT.lowWaterBytes()) {
      return Remark.problem("disk", free + ": the store takes no samples until there is more");
    }
    if (NETWORK_FILE_SYSTEMS.contains(disk.type())) {
      return Remark.warning(
          "disk", free + ": over a network a forced write may be lost; use a disk of this machine");
    }
    if (disk.type().equals("tmpfs")) {
      return Remark.warning("disk", free + ": it is memory, and gone with the next boot");
    }
    return usable < WANTED_DISK_BYTES
        ? Remark.warning("disk", free + ": shorten retention.keep, or make room")
        : Remark.good("disk", free);
  }

  private void settings(List<Remark> into) {
    Path file = config.data().resolve("settings.db");
    if (Files.notExists(file)) {
      return;
    }
    try {
      List<String> damages = Database.damages(file);
      into.add(
          damages.isEmpty()
              ? Remark.good("settings", "the settings database is whole")
              : Remark.problem(
                  "settings",
                  file
                      + " is damaged ("
                      + damages.getFirst()
                      + "): restore the last backup with 'evenkeel restore'"));
    } catch (DatabaseException e) {
      into.add(Remark.problem("settings", String.valueOf(e.getMessage())));
    }
  }

  private Remark certificate(EvenkeelConfig.Tls tls) {
    if (!Files.isReadable(tls.key())) {
      return Remark.problem("certificate", "the key " + tls.key() + " cannot be read");
    }
    try (InputStream in = Files.newInputStream(tls.certificate())) {
      X509Certificate own =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Instant end = own.getNotAfter().toInstant();
      Instant now = clock.instant();
      if (end.isBefore(now) || own.getNotBefore().toInstant().isAfter(now)) {
        return Remark.problem(
            "certificate",
            tls.certificate()
                + " is valid from "
                + own.getNotBefore().toInstant()
                + " to "
                + end
                + ", which is not now: renew it, or set the clock right");
      }
      String text = tls.certificate() + " is valid until " + end;
      return end.isBefore(now.plus(RENEW_BEFORE))
          ? Remark.warning("certificate", text + ": renew it")
          : Remark.good("certificate", text);
    } catch (IOException | CertificateException e) {
      return Remark.problem(
          "certificate", tls.certificate() + " is not a certificate in PEM: " + e.getMessage());
    }
  }

  private Remark address() {
    EvenkeelConfig.Listen listen = config.listen();
    String where = listen.host() + ":" + listen.port();
    if (listen.port() == 0) {
      return Remark.good("address", "any free port of " + listen.host());
    }
    if (!answers(listen)) {
      try (ServerSocket free = new ServerSocket()) {
        free.bind(new InetSocketAddress(listen.address(), listen.port()));
        return Remark.good("address", where + " is free: no hub runs there");
      } catch (IOException e) {
        return Remark.problem("address", where + " cannot be listened on: " + e.getMessage());
      }
    }
    if (config.tls().isPresent()) {
      return Remark.note("address", "something answers on " + where + "; over TLS it is not asked");
    }
    return isHub(where)
        ? Remark.good("address", "a hub is ready on " + where)
        : Remark.problem(
            "address",
            "what answers on "
                + where
                + " is no hub that is ready: another program has the port, or the hub is starting");
  }

  private static boolean answers(EvenkeelConfig.Listen listen) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(listen.address(), listen.port()), ANSWER_MILLIS);
      return true;
    } catch (IOException e) {
      return false; // Whether it could be listened on is asked next.
    }
  }

  private static boolean isHub(String where) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create("http://" + where + "/-/ready").toURL().openConnection();
      connection.setConnectTimeout(ANSWER_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setInstanceFollowRedirects(false);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false; // No HTTP, or no answer in time.
    }
  }
}
