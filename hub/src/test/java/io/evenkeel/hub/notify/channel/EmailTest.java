package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.model.Text;
import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// E-mail against GreenMail.
class EmailTest {
  private static GreenMail server() {
    GreenMail server =
        new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP).dynamicPort());
    server.start();
    return server;
  }

  static Delivery send(Map<String, String> form, Letter letter) throws IOException {
    try (OutgoingHttp http = new OutgoingHttp(StrictService.loopback())) {
      return switch (Email.KIND.read(form)) {
        case ChannelKind.Read.Ready(ChannelKind.Opened opened) ->
            opened
                .channel()
                .send(
                    letter,
                    new Wires(
                        http,
                        new io.evenkeel.hub.outgoing.OutgoingSockets(StrictService.loopback()),
                        opened.route(),
                        InstantSource.system()));
        case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
      };
    }
  }

  private static Map<String, String> form(int port) {
    return Map.of(
        "host",
        "127.0.0.1",
        "port",
        Integer.toString(port),
        "security",
        "none",
        "from",
        "hub@example.org");
  }

  @Test
  void a_mail_has_text_and_html_a_fixed_id_and_belongs_to_its_incidents_thread() throws Exception {
    GreenMail server = server();
    try {
      Letter fired =
          Letters.letter(
              Letters.notice(Kind.FIRED, "i7", 1, "磁盘 <b>full</b>", 1),
              "ops@example.org",
              Language.EN);
      Delivery delivery = send(form(server.getSmtp().getPort()), fired);
      assertThat(delivery).isInstanceOf(Delivery.Accepted.class);
      assertThat(delivery.answer()).startsWith("250");
      MimeMessage mail = server.getReceivedMessages()[0];
      assertThat(mail.getSubject()).isEqualTo("[Critical] FsLow · web-1");
      assertThat(mail.getMessageID()).isEqualTo("<" + fired.key() + "@example.org>");
      assertThat(mail.getHeader("References")).containsExactly("<incident-i7@example.org>");
      assertThat(mail.getHeader("In-Reply-To")).containsExactly("<incident-i7@example.org>");
      assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(mail.getContentType()).startsWith("multipart/alternative");
      Multipart parts = (Multipart) mail.getContent();
      BodyPart text = parts.getBodyPart(0);
      BodyPart html = parts.getBodyPart(1);
      assertThat(text.getContentType()).startsWith("text/plain");
      assertThat(text.getContent().toString()).contains("磁盘 <b>full</b>");
      assertThat(html.getContent().toString()).contains("磁盘 &lt;b&gt;full&lt;/b&gt;");
    } finally {
      server.stop();
    }
  }

  @Test
  void a_label_with_line_breaks_adds_no_header() throws Exception {
    GreenMail server = server();
    try {
      Notice plain = Letters.notice(Kind.FIRED, "i7", 1);
      Notice hostile =
          new Notice(
              plain.kind(),
              plain.incidentId(),
              1,
              "critical",
              "x\r\nBcc: evil@example.org",
              "y\nX-Bad: 1",
              plain.groupLabels(),
              plain.alerts(),
              0,
              plain.startedAt(),
              null,
              "",
              "g",
              null);
      send(
          form(server.getSmtp().getPort()),
          Letters.letter(hostile, "ops@example.org", Language.EN));
      MimeMessage mail = server.getReceivedMessages()[0];
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(mail.getHeader("X-Bad")).isNull();
      assertThat(mail.getSubject()).contains("x  Bcc: evil@example.org");
    } finally {
      server.stop();
    }
  }

  @Test
  void an_address_that_is_none_is_refused_before_anything_is_sent() {
    assertThat(Email.KIND.problemWith("a@b.c\r\nBcc: x@y.z").en()).contains("is no e-mail address");
    assertThat(Email.KIND.problemWith("a b@c").zh()).contains("不是电子邮件地址");
    assertThat(Email.KIND.problemWith("ops@example.org")).isEqualTo(Text.NONE);
  }
}
