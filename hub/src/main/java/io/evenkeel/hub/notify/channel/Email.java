package io.evenkeel.hub.notify.channel;

import io.evenkeel.model.Text;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/// E-mail by a mail server (SMTP), as text and HTML. All mails of an incident are one thread.
record Email(
    String host,
    int port,
    Security security,
    String user,
    String password,
    Login login,
    String from)
    implements Channel {
  /// Postfix's postscreen lets a greeting wait for six seconds.
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  enum Security {
    STARTTLS,
    TLS,
    NONE
  }

  enum Login {
    PASSWORD,
    XOAUTH2
  }

  static final ChannelKind KIND =
      new ChannelKind(
          "email",
          Text.of("E-mail", "电子邮件"),
          ChannelKind.To.EMAIL,
          List.of(
              Field.text(
                  "host",
                  Text.of("Mail server", "邮件服务器"),
                  Text.of("Such as smtp.example.org.", "例如 smtp.example.org。")),
              Field.choice(
                  "security",
                  List.of("starttls", "tls", "none"),
                  Text.of("Encryption", "加密方式"),
                  Text.of(
                      "starttls with port 587, tls with 465; none only within one machine or network.",
                      "starttls 对应端口 587，tls 对应 465；none 仅限本机或内网。")),
              Field.number(
                  "port",
                  587,
                  Text.of("Port", "端口"),
                  Text.of("587 with STARTTLS, 465 with TLS.", "STARTTLS 为 587，TLS 为 465。")),
              Field.text(
                      "user",
                      Text.of("User", "用户名"),
                      Text.of("When the server asks for a login.", "服务器要求登录时填写。"))
                  .optional(),
              Field.secret(
                      "password",
                      Text.of("Password or token", "密码或令牌"),
                      Text.of("Belongs to the user.", "与用户名对应；也可能是授权码。"))
                  .optional(),
              Field.choice(
                  "login",
                  List.of("password", "xoauth2"),
                  Text.of("Login", "登录方式"),
                  Text.of("xoauth2 with a token of Google or Microsoft.", "Google、微软令牌选 xoauth2。")),
              Field.text(
                  "from",
                  Text.of("From", "发件人"),
                  Text.of("An address that the server lets you use.", "服务器允许使用的地址。"))),
          new ChannelKind.Rate(100, 20, Duration.ofSeconds(1)),
          false,
          Email::read);

  private static Email read(FieldValues values) {
    String from = values.text("from");
    if (!from.isEmpty() && !KIND.problemWith(from).saysNothing()) {
      values.problem("from", KIND.problemWith(from));
    }
    return new Email(
        values.host("host"),
        values.number("port", 1, 65_535),
        switch (values.text("security")) {
          case "tls" -> Security.TLS;
          case "none" -> Security.NONE;
          default -> Security.STARTTLS;
        },
        values.text("user"),
        values.text("password"),
        values.text("login").equals("xoauth2") ? Login.XOAUTH2 : Login.PASSWORD,
        from);
  }

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    Socket plain = wires.sockets().open(host, port, wires.route(), TIMEOUT);
    try (Socket socket =
        security == Security.TLS
            ? wires.sockets().secure(plain, host, port, wires.route())
            : plain) {
      return send(letter, wires, socket);
    }
  }

  private Delivery send(Letter letter, Wires wires, Socket socket) throws IOException {
    Session session = session(wires);
    SMTPTransport transport = null;
    try {
      MimeMessage message = message(letter, session, wires);
      transport = (SMTPTransport) session.getTransport("smtp");
      transport.connect(socket);
      transport.sendMessage(message, message.getAllRecipients());
      return new Delivery.Accepted(said(transport));
    } catch (MessagingException e) {
      return judge(e, transport);
    } finally {
      close(transport);
    }
  }

  private static void close(@Nullable SMTPTransport transport) throws IOException {
    if (transport != null) {
      try {
        transport.close();
      } catch (MessagingException e) {
        throw new IOException("the mail server ended the connection in between", e);
      }
    }
  }

  private Delivery judge(MessagingException e, @Nullable SMTPTransport transport)
      throws IOException {
    int code = transport == null ? -1 : transport.getLastReturnCode();
    if (transport != null && code >= 400) {
      return code >= 500
          ? new Delivery.Refused(said(transport))
          : Delivery.NotNow.of(said(transport));
    }
    if (String.valueOf(e.getMessage()).contains("STARTTLS is required")) {
      return new Delivery.Refused("the server offers no STARTTLS");
    }
    String said = String.valueOf(e.getMessage());
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        throw new IOException(host + " did not answer within " + TIMEOUT.toSeconds() + " s", e);
      }
      said += ": " + cause.getMessage();
    }
    throw new IOException("no answer from " + host + ": " + Printable.line(said, 200), e);
  }

  private static String said(SMTPTransport transport) {
    return Printable.line(String.valueOf(transport.getLastServerResponse()), 240);
  }

  private Session session(Wires wires) throws IOException {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", host);
    properties.put("mail.smtp.port", Integer.toString(port));
    properties.put("mail.smtp.localhost", "evenkeel.invalid");
    properties.put("mail.smtp.from", from);
    properties.put("mail.smtp.timeout", Long.toString(TIMEOUT.toMillis()));
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    if (security == Security.STARTTLS) {
      properties.put("mail.smtp.starttls.enable", "true");
      properties.put("mail.smtp.starttls.required", "true");
      properties.put("mail.smtp.ssl.socketFactory", wires.sockets().tlsFor(host, wires.route()));
    }
    if (!user.isEmpty()) {
      properties.put("mail.smtp.auth", "true");
      properties.put("mail.smtp.user", user);
      properties.put(
          "mail.smtp.auth.mechanisms", login == Login.XOAUTH2 ? "XOAUTH2" : "LOGIN PLAIN");
    }
    return Session.getInstance(
        properties,
        new jakarta.mail.Authenticator() {
          @Override
          protected jakarta.mail.PasswordAuthentication getPasswordAuthentication() {
            return new jakarta.mail.PasswordAuthentication(user, password);
          }
        });
  }

  private MimeMessage message(Letter letter, Session session, Wires wires)
      throws MessagingException {
    NoticeText text = letter.text();
    String domain = from.substring(from.indexOf('@') + 1);
    String id = "<" + letter.key() + "@" + domain + ">";
    MimeMessage message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
          }
        };
    message.setFrom(address(from));
    message.setRecipient(Message.RecipientType.TO, address(letter.recipient().address()));
    message.setSubject(text.title(), StandardCharsets.UTF_8.name());
    message.setSentDate(Date.from(wires.clock().instant()));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader("X-Auto-Response-Suppress", "All");
    if (!letter.notice().incidentId().isEmpty()) {
      String root = "<incident-" + letter.notice().incidentId() + "@" + domain + ">";
      message.setHeader("In-Reply-To", root);
      message.setHeader("References", root);
    }
    MimeBodyPart plain = new MimeBodyPart();
    plain.setText(text.plain(), StandardCharsets.UTF_8.name());
    MimeBodyPart html = new MimeBodyPart();
    html.setContent(html(text), "text/html; charset=utf-8");
    message.setContent(new MimeMultipart("alternative", plain, html));
    return message;
  }

  private static InternetAddress address(String text) throws AddressException {
    return new InternetAddress(text, true);
  }

  private static String html(NoticeText text) {
    StringBuilder out = new StringBuilder("<!doctype html><html><body><h3>");
    out.append(escaped(text.title())).append("</h3>");
    for (List<String> paragraph : text.paragraphs()) {
      out.append("<p>")
          .append(String.join("<br>\n", paragraph.stream().map(Email::escaped).toList()))
          .append("</p>\n");
    }
    if (!text.link().isEmpty()) {
      out.append("<p><a href=\"").append(escaped(text.link())).append("\">");
      out.append(escaped(text.linkWords())).append("</a></p>");
    }
    return out.append("</body></html>").toString();
  }

  private static String escaped(String text) {
    return Markdown.entities(text).replace("\"", "&quot;");
  }
}
