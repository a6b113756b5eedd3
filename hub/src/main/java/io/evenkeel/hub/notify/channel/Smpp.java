package io.evenkeel.hub.notify.channel;

import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.connection.socket.SocketConnection;

/// SMS by an operator's message centre over SMPP 3.4, long texts in linked parts.
record Smpp(String host, int port, boolean tls, String system, String password, String from)
    implements Channel {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final byte LINKED = 0x40;
  private static final byte UCS2 = 8;
  private static final byte GSM = 0;
  private static final int RECEIPT = 1;
  private static final int SYSTEM_ERROR = 0x08;
  private static final int QUEUE_FULL = 0x14;
  private static final int THROTTLED = 0x58;
  private static final int LIMIT_CHARACTERS = 1_600;

  static final ChannelKind KIND =
      new ChannelKind(
          "smpp",
          Text.of("SMS by SMPP", "短信（SMPP）"),
          ChannelKind.To.PHONE,
          List.of(
              Field.text(
                  "host",
                  Text.of("Server", "服务器"),
                  Text.of("The message centre's name or address.", "短信中心的名称或地址。")),
              Field.number(
                  "port", 2775, Text.of("Port", "端口"), Text.of("Usually 2775.", "通常为 2775。")),
              Field.choice(
                  "tls",
                  List.of("no", "yes"),
                  Text.of("TLS", "TLS"),
                  Text.of("When the message centre speaks it.", "短信中心支持时启用。")),
              Field.text(
                  "system",
                  Text.of("System id", "System ID"),
                  Text.of("As given by the operator.", "运营商分配的账号。")),
              Field.secret(
                  "password",
                  Text.of("Password", "密码"),
                  Text.of("At most 8 characters in SMPP 3.4.", "SMPP 3.4 中最多 8 个字符。")),
              Field.text(
                  "from",
                  Text.of("From", "发送方"),
                  Text.of("A number or name that the operator allows.", "运营商允许的号码或名称。"))),
          new ChannelKind.Rate(10, 10, Duration.ofSeconds(1)),
          false,
          values -> {
            if (values.text("password").length() > 8) {
              values.problem(
                  "password",
                  Text.of("has at most 8 characters in SMPP 3.4", "在 SMPP 3.4 中最多 8 个字符"));
            }
            if (values.text("system").length() > 15) {
              values.problem("system", Text.of("has at most 15 characters", "最多 15 个字符"));
            }
            return new Smpp(
                values.host("host"),
                values.number("port", 1, 65_535),
                values.text("tls").equals("yes"),
                values.text("system"),
                values.text("password"),
                values.text("from"));
          });

  @Override
  public Delivery send(Letter letter, Wires wires) throws IOException {
    SMPPSession session = new SMPPSession((h, p) -> new SocketConnection(socket(wires)));
    session.setTransactionTimer(TIMEOUT.toMillis());
    session.setPduProcessorDegree(1);
    try {
      session.connectAndBind(
          host,
          port,
          new BindParameter(
              BindType.BIND_TRX,
              system,
              password,
              "",
              TypeOfNumber.UNKNOWN,
              NumberingPlanIndicator.UNKNOWN,
              null),
          TIMEOUT.toMillis());
      return submit(session, letter);
    } catch (NegativeResponseException e) {
      return judge(e);
    } catch (ResponseTimeoutException e) {
      throw new IOException("the message centre did not answer within 5 s", e);
    } catch (IOException e) {
      // jsmpp hides a refused login in one.
      if (e.getCause() instanceof NegativeResponseException refused) {
        return judge(refused);
      }
      throw e;
    } catch (PDUException | InvalidResponseException e) {
      return new Delivery.Refused(Printable.line(String.valueOf(e.getMessage()), 200));
    } finally {
      session.unbindAndClose();
    }
  }

  private Socket socket(Wires wires) throws IOException {
    Socket plain = wires.sockets().open(host, port, wires.route(), TIMEOUT);
    return tls ? wires.sockets().secure(plain, host, port, wires.route()) : plain;
  }

  private Delivery submit(SMPPSession session, Letter letter)
      throws IOException,
          PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException {
    SmsText text = SmsText.of(Printable.cutUnits(letter.text().brief(), LIMIT_CHARACTERS));
    String to = letter.recipient().address();
    boolean plus = to.startsWith("+");
    boolean named = !from.matches("\\+?\\d+");
    int reference = letter.key().hashCode() & 0xff;
    StringBuilder ids = new StringBuilder();
    for (int part = 0; part < text.parts().size(); part++) {
      String id =
          session
              .submitShortMessage(
                  "",
                  named
                      ? TypeOfNumber.ALPHANUMERIC
                      : from.startsWith("+") ? TypeOfNumber.INTERNATIONAL : TypeOfNumber.UNKNOWN,
                  named ? NumberingPlanIndicator.UNKNOWN : NumberingPlanIndicator.ISDN,
                  from.replace("+", ""),
                  plus ? TypeOfNumber.INTERNATIONAL : TypeOfNumber.UNKNOWN,
                  NumberingPlanIndicator.ISDN,
                  to.replace("+", ""),
                  new ESMClass(text.parts().size() > 1 ? LINKED : 0),
                  (byte) 0,
                  (byte) 1,
                  null,
                  null,
                  new RegisteredDelivery(RECEIPT),
                  (byte) 0,
                  new RawDataCoding(text.unicode() ? UCS2 : GSM),
                  (byte) 0,
                  text.octets(part, reference))
              .getMessageId();
      ids.append(ids.isEmpty() ? "" : ", ").append(id);
    }
    return new Delivery.Accepted("message " + Printable.line(ids.toString(), 200));
  }

  private static Delivery judge(NegativeResponseException e) {
    int status = e.getCommandStatus();
    String shown = String.format("SMPP status 0x%02x", status);
    return status == THROTTLED || status == QUEUE_FULL || status == SYSTEM_ERROR
        ? Delivery.NotNow.of(shown)
        : new Delivery.Refused(shown);
  }
}
