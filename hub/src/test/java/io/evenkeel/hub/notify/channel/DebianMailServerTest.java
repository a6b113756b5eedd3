package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// E-mail against Debian's aiosmtpd with STARTTLS, a login, and answers of 4xx and 5xx.
class DebianMailServerTest {
  private static final String SERVER =
      """
      import asyncio, base64, ssl, sys
      from aiosmtpd.controller import Controller
      from aiosmtpd.smtp import AuthResult, LoginPassword

      class Handler:
          async def handle_RCPT(self, server, session, envelope, address, options):
              if address.startswith('later@'):
                  return '451 4.7.1 greylisted, try again later'
              if address.startswith('nobody@'):
                  return '550 5.1.1 no such mailbox'
              envelope.rcpt_tos.append(address)
              return '250 OK'
          async def handle_DATA(self, server, session, envelope):
              with open(sys.argv[4], 'ab') as out:
                  out.write(envelope.content)
              return '250 2.0.0 queued as 42'

          async def auth_XOAUTH2(self, server, args):
              said = base64.b64decode(args[1])
              ok = said == b'user=ops\\x01auth=Bearer tok\\x01\\x01'
              return AuthResult(success=ok, handled=False, auth_data=LoginPassword(b'ops', b''))

      def login(server, session, envelope, mechanism, data):
          ok = isinstance(data, LoginPassword) and data.login == b'ops' and data.password == b'pw'
          return AuthResult(success=ok, handled=False)

      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[2], sys.argv[3])
      controller = Controller(Handler(), hostname='127.0.0.1', port=int(sys.argv[1]),
                              tls_context=context, require_starttls=True,
                              authenticator=login, auth_required=True)
      controller.start()
      implicit = Controller(Handler(), hostname='127.0.0.1', port=int(sys.argv[5]), ssl_context=context,
                            authenticator=login, auth_required=True, auth_require_tls=False)
      implicit.start()
      sys.stdin.read()
      """;

  @TempDir Path folder;
  private Process server;
  private int port;
  private int tlsPort;
  private String certificate = "";

  @BeforeEach
  void start() throws Exception {
    Path python = Path.of("/usr/bin/python3");
    assumeThat(Path.of("/usr/lib/python3/dist-packages/aiosmtpd"))
        .as("Debian's python3-aiosmtpd")
        .isDirectory();
    Path key = folder.resolve("key.pem");
    Path cert = folder.resolve("cert.pem");
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        key.toString(),
        "-out",
        cert.toString());
    certificate = Files.readString(cert);
    try (ServerSocket free = new ServerSocket(0);
        ServerSocket another = new ServerSocket(0)) {
      port = free.getLocalPort();
      tlsPort = another.getLocalPort();
    }
    Path script = Files.writeString(folder.resolve("server.py"), SERVER);
    server =
        new ProcessBuilder(
                python.toString(),
                script.toString(),
                Integer.toString(port),
                cert.toString(),
                key.toString(),
                folder.resolve("mails").toString(),
                Integer.toString(tlsPort))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().atMost(Duration.ofSeconds(30)).until(() -> answers(port) && answers(tlsPort));
  }

  private static boolean answers(int at) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", at), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(List.of(command).toString()).isZero();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.destroyForcibly();
    }
  }

  private Map<String, String> form(String password) {
    Map<String, String> form = new HashMap<>();
    form.put("host", "127.0.0.1");
    form.put("port", Integer.toString(port));
    form.put("from", "hub@example.org");
    form.put("user", "ops");
    form.put("password", password);
    form.put("authorities", certificate);
    return form;
  }

  private static Letter to(String address) {
    return Letters.letter(Letters.notice(Kind.FIRED, "i", 1), address, Language.EN);
  }

  @Test
  void a_mail_goes_over_starttls_with_a_private_authority_and_a_login() throws Exception {
    Delivery delivery = EmailTest.send(form("pw"), to("ops@example.org"));
    assertThat(delivery).isEqualTo(new Delivery.Accepted("250 2.0.0 queued as 42"));
    assertThat(Files.readString(folder.resolve("mails"))).contains("FsLow");
  }

  @Test
  void a_mail_goes_over_tls_from_the_first_byte() throws Exception {
    Map<String, String> form = form("pw");
    form.put("security", "tls");
    form.put("port", Integer.toString(tlsPort));
    assertThat(EmailTest.send(form, to("ops@example.org")))
        .isEqualTo(new Delivery.Accepted("250 2.0.0 queued as 42"));
  }

  @Test
  void a_token_of_xoauth2_is_a_login_too() throws Exception {
    Map<String, String> form = form("tok");
    form.put("login", "xoauth2");
    assertThat(EmailTest.send(form, to("ops@example.org"))).isInstanceOf(Delivery.Accepted.class);
    form.put("password", "another");
    assertThat(EmailTest.send(form, to("ops@example.org"))).isInstanceOf(Delivery.Refused.class);
  }

  @Test
  void a_mail_goes_through_a_proxy_that_wants_a_login() throws Exception {
    try (ForwardProxy proxy = new ForwardProxy("me", "s:ecret")) {
      Map<String, String> form = form("pw");
      form.put("proxy", proxy.url());
      form.put("proxyLogin", "me:s:ecret");
      assertThat(EmailTest.send(form, to("ops@example.org"))).isInstanceOf(Delivery.Accepted.class);
      assertThat(proxy.asked).containsExactly("CONNECT 127.0.0.1:" + port);
      form.put("proxyLogin", "me:wrong");
      assertThatThrownBy(() -> EmailTest.send(form, to("ops@example.org")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("makes no connection to 127.0.0.1:" + port)
          .hasMessageContaining("407");
    }
  }

  @Test
  void a_4xx_is_tried_again_a_5xx_and_a_wrong_password_are_final() throws IOException {
    assertThat(EmailTest.send(form("pw"), to("later@example.org")))
        .isInstanceOfSatisfying(
            Delivery.NotNow.class, later -> assertThat(later.answer()).contains("451", "greylist"));
    assertThat(EmailTest.send(form("pw"), to("nobody@example.org")))
        .isInstanceOfSatisfying(
            Delivery.Refused.class, no -> assertThat(no.answer()).contains("550", "5.1.1"));
    assertThat(EmailTest.send(form("no"), to("ops@example.org")))
        .isInstanceOfSatisfying(
            Delivery.Refused.class, no -> assertThat(no.answer()).contains("535"));
  }

  @Test
  void an_unknown_certificate_is_not_trusted() {
    Map<String, String> form = form("pw");
    form.remove("authorities");
    String outcome;
    try {
      outcome = EmailTest.send(form, to("ops@example.org")).toString();
    } catch (IOException e) {
      outcome = "failed: " + e.getMessage();
    }
    assertThat(outcome).startsWith("failed: ");
    assertThat(folder.resolve("mails")).doesNotExist();
  }
}
