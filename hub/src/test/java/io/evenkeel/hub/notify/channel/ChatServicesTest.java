package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.notify.channel.StrictService.Got;
import io.evenkeel.hub.notify.channel.StrictService.Reply;
import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingSockets;
import io.evenkeel.model.Text;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each chat service against a server that checks signatures, sizes and fields by its own reading
/// of the service's documents, and answers errors the way the service does.
class ChatServicesTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochMilli(Letters.NOON));
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final OutgoingHttp http = new OutgoingHttp(StrictService.loopback());

  @AfterEach
  void close() throws IOException {
    http.close();
  }

  private static Channel channel(ChannelKind kind, Map<String, String> form) {
    return switch (kind.read(form)) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) -> opened.channel();
      case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
    };
  }

  private Delivery send(Channel channel, Letter letter) throws IOException {
    return channel.send(letter, StrictService.wires(http, CLOCK));
  }

  private static Letter big(String address) {
    return Letters.letter(
        Letters.notice(Kind.FIRED, "i1", 1, "满😀".repeat(3_000), 20), address, Language.EN);
  }

  private static byte[] hmac(String key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void assertWholeCharacters(String text) {
    assertThat(text).doesNotContain("\ufffd");
    assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(text);
  }

  private static Reply dingTalk(Got got) {
    Map<String, String> query = query(got.query());
    String secret = "SECabc";
    long timestamp = Long.parseLong(query.get("timestamp"));
    String expected = Base64.getEncoder().encodeToString(hmac(secret, timestamp + "\n" + secret));
    if (!expected.equals(query.get("sign")) || Math.abs(timestamp - Letters.NOON) > 3_600_000) {
      return Reply.ok("{\"errcode\":310000,\"errmsg\":\"sign not match\"}");
    }
    if (!"tok".equals(query.get("access_token"))) {
      return Reply.ok("{\"errcode\":300005,\"errmsg\":\"token is not exist\"}");
    }
    if (got.body().getBytes(StandardCharsets.UTF_8).length > 20_000) {
      return Reply.ok("{\"errcode\":460101,\"errmsg\":\"message too long\"}");
    }
    JsonNode body = JSON.readTree(got.body());
    return body.path("msgtype").asString().equals("markdown")
            && !body.path("markdown").path("title").asString("").isEmpty()
        ? Reply.ok("{\"errcode\":0,\"errmsg\":\"ok\"}")
        : Reply.ok("{\"errcode\":400301,\"errmsg\":\"bad\"}");
  }

  @Test
  void dingtalk_takes_a_signed_message_of_its_size() throws IOException {
    try (StrictService service = new StrictService(ChatServicesTest::dingTalk)) {
      Channel channel =
          channel(
              DingTalk.KIND,
              Map.of(
                  "server", service.url(), "token", "tok", "secret", "SECabc", "mobiles", "138"));
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.Accepted.class);
      JsonNode at = JSON.readTree(service.got.getFirst().body()).path("at").path("atMobiles");
      assertThat(at.path(0).asString()).isEqualTo("138");
      assertThat(send(channel, big(""))).isInstanceOf(Delivery.Accepted.class);
      String sent = JSON.readTree(service.got.getLast().body()).at("/markdown/text").asString();
      assertThat(sent.length()).isGreaterThan(4_000);
      assertWholeCharacters(sent);
    }
  }

  @Test
  void dingtalk_errors_inside_an_http_200_are_no_success() throws IOException {
    try (StrictService service = new StrictService(ChatServicesTest::dingTalk)) {
      Channel wrongSecret =
          channel(
              DingTalk.KIND, Map.of("server", service.url(), "token", "tok", "secret", "SECno"));
      assertThat(send(wrongSecret, Letters.letter("")))
          .isInstanceOfSatisfying(
              Delivery.Refused.class,
              refused -> assertThat(refused.answer()).contains("310000", "sign not match"));
      Channel channel =
          channel(
              DingTalk.KIND, Map.of("server", service.url(), "token", "tok", "secret", "SECabc"));
      service.then(
          Reply.ok("{\"errcode\":130101,\"errmsg\":\"send too fast\"}"),
          Reply.ok("{\"errcode\":-1,\"errmsg\":\"system busy\"}"),
          Reply.ok("<html>captive portal</html>"));
      assertThat(send(channel, Letters.letter("")))
          .isInstanceOfSatisfying(
              Delivery.NotNow.class, later -> assertThat(later.after()).isPresent());
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.NotNow.class);
    }
  }

  @Test
  void wecom_takes_a_message_cut_to_4096_bytes_that_mentions_nobody_by_a_label()
      throws IOException {
    Function<Got, Reply> strict =
        got -> {
          String content = JSON.readTree(got.body()).at("/markdown/content").asString();
          return !"k".equals(query(got.query()).get("key"))
              ? Reply.ok("{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}")
              : content.getBytes(StandardCharsets.UTF_8).length > 4_096
                  ? Reply.ok("{\"errcode\":40058,\"errmsg\":\"content exceed max length\"}")
                  : Reply.ok("{\"errcode\":0,\"errmsg\":\"ok\"}");
        };
    try (StrictService service = new StrictService(strict)) {
      Channel channel =
          channel(WeCom.KIND, Map.of("server", service.url(), "key", "k", "users", "zhang"));
      assertThat(send(channel, big(""))).isInstanceOf(Delivery.Accepted.class);
      String content =
          JSON.readTree(service.got.getLast().body()).at("/markdown/content").asString();
      assertWholeCharacters(content);
      assertThat(content).contains("<@zhang>", "[Open the incident]");
      Letter hostile =
          Letters.letter(
              Letters.notice(Kind.FIRED, "i1", 1, "<@all> [x](http://evil)", 1), "", Language.EN);
      send(channel, hostile);
      assertThat(service.got.getLast().body()).doesNotContain("<@all>", "[x](");
      service.then(Reply.ok("{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"));
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.NotNow.class);
      Channel wrong = channel(WeCom.KIND, Map.of("server", service.url(), "key", "no"));
      assertThat(send(wrong, Letters.letter(""))).isInstanceOf(Delivery.Refused.class);
    }
  }

  @Test
  void feishu_takes_a_card_signed_its_own_way() throws IOException {
    Function<Got, Reply> strict =
        got -> {
          JsonNode body = JSON.readTree(got.body());
          long seconds = Long.parseLong(body.path("timestamp").asString("0"));
          String expected = Base64.getEncoder().encodeToString(hmac(seconds + "\n" + "shh", ""));
          return !body.path("sign").asString("").equals(expected)
                  || Math.abs(seconds - Letters.NOON / 1000) > 3_600
              ? Reply.ok("{\"code\":19021,\"msg\":\"sign match fail or timestamp is not within\"}")
              : got.body().getBytes(StandardCharsets.UTF_8).length > 20 << 10
                  ? Reply.ok("{\"code\":230025,\"msg\":\"too long\"}")
                  : !body.at("/card/schema").asString("").equals("2.0")
                      ? Reply.ok("{\"code\":9499,\"msg\":\"bad request\"}")
                      : Reply.ok("{\"code\":0,\"msg\":\"success\"}");
        };
    try (StrictService service = new StrictService(strict)) {
      Channel channel =
          channel(Feishu.KIND, Map.of("server", service.url(), "hook", "h", "secret", "shh"));
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.Accepted.class);
      assertThat(service.got.getFirst().path()).isEqualTo("/open-apis/bot/v2/hook/h");
      assertThat(send(channel, big(""))).isInstanceOf(Delivery.Accepted.class);
      service.then(
          new Reply(429, "{\"code\":11232,\"msg\":\"frequency limited\"}", "7"),
          Reply.ok("{\"code\":19024,\"msg\":\"Key Text Not Found\"}"));
      assertThat(send(channel, Letters.letter("")))
          .isInstanceOfSatisfying(
              Delivery.NotNow.class,
              later -> assertThat(later.after()).contains(Duration.ofSeconds(7)));
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.Refused.class);
    }
  }

  @Test
  void slack_is_believed_only_when_it_says_ok() throws IOException {
    Function<Got, Reply> strict =
        got -> {
          for (JsonNode block : JSON.readTree(got.body()).path("blocks")) {
            int most = block.path("type").asString().equals("header") ? 150 : 3_000;
            if (block.at("/text/text").asString().length() > most) {
              return new Reply(400, "invalid_blocks", null);
            }
          }
          return JSON.readTree(got.body()).path("blocks").size() > 50
              ? new Reply(400, "invalid_blocks", null)
              : Reply.ok("ok");
        };
    try (StrictService service = new StrictService(strict)) {
      Channel channel = channel(Slack.KIND, Map.of("address", service.url() + "/services/T/B/x"));
      assertThat(send(channel, big(""))).isInstanceOf(Delivery.Accepted.class);
      Letter hostile =
          Letters.letter(Letters.notice(Kind.FIRED, "i", 1, "<!channel>", 1), "", Language.EN);
      send(channel, hostile);
      assertThat(service.got.getLast().body()).doesNotContain("<!channel>");
      service.then(new Reply(429, "", "30"), new Reply(404, "no_service", null), Reply.status(503));
      assertThat(send(channel, Letters.letter("")))
          .isEqualTo(new Delivery.NotNow("HTTP 429", Optional.of(Duration.ofSeconds(30))));
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.Refused.class);
      assertThat(send(channel, Letters.letter(""))).isInstanceOf(Delivery.NotNow.class);
    }
  }

  /// Slack's Web API as far as a bot that posts and rewrites needs it: it keeps the messages of one
  /// channel and refuses what its documents say it refuses.
  private static final class SlackWorkspace implements Function<Got, Reply> {
    private static final String CHANNEL = "C0123456789";

    final Map<String, JsonNode> messages = new LinkedHashMap<>();

    @Override
    public Reply apply(Got got) {
      if (!got.header("Authorization").equals("Bearer xoxb-1-2-abc")) {
        return Reply.ok("{\"ok\":false,\"error\":\"invalid_auth\"}");
      }
      if (!got.header("Content-Type").startsWith("application/json")) {
        return Reply.ok("{\"ok\":false,\"error\":\"not_authed\"}");
      }
      JsonNode body = JSON.readTree(got.body());
      for (JsonNode block : body.path("blocks")) {
        int most = block.path("type").asString().equals("header") ? 150 : 3_000;
        if (block.at("/text/text").asString().length() > most) {
          return Reply.ok("{\"ok\":false,\"error\":\"invalid_blocks\"}");
        }
      }
      String channel = body.path("channel").asString("");
      return switch (got.path()) {
        case "/api/chat.postMessage" -> {
          String thread = body.path("thread_ts").asString("");
          if (!channel.equals(CHANNEL) && !channel.equals("#alerts")) {
            yield Reply.ok("{\"ok\":false,\"error\":\"channel_not_found\"}");
          }
          if (!thread.isEmpty() && !messages.containsKey(thread)) {
            yield Reply.ok("{\"ok\":false,\"error\":\"thread_not_found\"}");
          }
          String ts = "1795348800.%06d".formatted(messages.size() + 1);
          messages.put(ts, body);
          yield Reply.ok("{\"ok\":true,\"channel\":\"" + CHANNEL + "\",\"ts\":\"" + ts + "\"}");
        }
        case "/api/chat.update" -> {
          String ts = body.path("ts").asString("");
          if (!channel.equals(CHANNEL)) {
            yield Reply.ok("{\"ok\":false,\"error\":\"channel_not_found\"}");
          }
          yield messages.replace(ts, body) == null
              ? Reply.ok("{\"ok\":false,\"error\":\"message_not_found\"}")
              : Reply.ok("{\"ok\":true,\"ts\":\"" + ts + "\"}");
        }
        default -> Reply.ok("{\"ok\":false,\"error\":\"unknown_method\"}");
      };
    }

    JsonNode message(String ts) {
      return messages.getOrDefault(ts, JSON.missingNode());
    }
  }

  private static Letter ofIncident(Kind kind, long sequence, String thread) {
    Letter letter = Letters.letter(Letters.notice(kind, "i1", sequence), "#alerts", Language.EN);
    return new Letter(letter.key(), letter.notice(), letter.recipient(), thread);
  }

  @Test
  void a_slack_bot_keeps_an_incident_in_one_thread_whose_first_message_says_how_things_are()
      throws IOException {
    SlackWorkspace workspace = new SlackWorkspace();
    try (StrictService service = new StrictService(workspace)) {
      Channel channel = bot(service, "xoxb-1-2-abc");
      Delivery fired = send(channel, ofIncident(Kind.FIRED, 1, ""));
      assertThat(fired)
          .isEqualTo(new Delivery.Accepted("HTTP 200", "C0123456789/1795348800.000001"));
      String thread = ((Delivery.Accepted) fired).thread();
      Delivery over = send(channel, ofIncident(Kind.RESOLVED, 2, thread));
      assertThat(over).isEqualTo(fired);
      assertThat(workspace.messages).hasSize(2);
      assertThat(workspace.message("1795348800.000002").path("thread_ts").asString())
          .isEqualTo("1795348800.000001");
      assertThat(workspace.message("1795348800.000001").at("/blocks/0/text/text").asString())
          .startsWith("[Resolved]");
      send(channel, ofIncident(Kind.ESCALATED, 3, thread));
      assertThat(workspace.message("1795348800.000003").path("reply_broadcast").asBoolean(false))
          .as("what asks for somebody is shown in the channel too")
          .isTrue();
    }
  }

  @Test
  void a_slack_bot_begins_a_new_thread_when_the_first_message_was_deleted() throws IOException {
    SlackWorkspace workspace = new SlackWorkspace();
    try (StrictService service = new StrictService(workspace)) {
      assertThat(
              send(
                  bot(service, "xoxb-1-2-abc"),
                  ofIncident(Kind.RESOLVED, 2, "C0123456789/1600000000.000001")))
          .isEqualTo(new Delivery.Accepted("HTTP 200", "C0123456789/1795348800.000001"));
    }
  }

  @Test
  void a_slack_message_that_was_taken_is_not_sent_again_for_a_first_message_that_cannot_change()
      throws IOException {
    SlackWorkspace workspace = new SlackWorkspace();
    try (StrictService service = new StrictService(workspace)) {
      Channel channel = bot(service, "xoxb-1-2-abc");
      String thread = ((Delivery.Accepted) send(channel, ofIncident(Kind.FIRED, 1, ""))).thread();
      for (Reply trouble :
          List.of(new Reply(429, "", "30"), StrictService.CUT, Reply.ok("{\"ok\":false}"))) {
        service.then(Reply.ok("{\"ok\":true,\"channel\":\"C0123456789\",\"ts\":\"9.9\"}"), trouble);
        assertThat(send(channel, ofIncident(Kind.RESOLVED, 2, thread)))
            .isInstanceOfSatisfying(
                Delivery.Accepted.class,
                taken -> {
                  assertThat(taken.answer()).contains("the first message stays as it was");
                  assertThat(taken.thread()).isEqualTo(thread);
                });
      }
    }
  }

  @Test
  void what_slack_says_inside_an_http_200_decides_whether_a_bot_tries_again() throws IOException {
    try (StrictService service = new StrictService(new SlackWorkspace())) {
      Channel channel = bot(service, "xoxb-1-2-abc");
      service.then(
          Reply.ok("{\"ok\":false,\"error\":\"internal_error\"}"),
          new Reply(429, "{\"ok\":false,\"error\":\"ratelimited\"}", "11"),
          Reply.ok("<html>captive portal</html>"),
          Reply.ok("{\"ok\":false,\"error\":\"not_in_channel\"}"));
      Letter letter = ofIncident(Kind.FIRED, 1, "");
      assertThat(send(channel, letter)).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(channel, letter))
          .isInstanceOfSatisfying(
              Delivery.NotNow.class,
              later -> assertThat(later.after()).contains(Duration.ofSeconds(11)));
      assertThat(send(channel, letter)).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(channel, letter))
          .isEqualTo(new Delivery.Refused("HTTP 200 error=not_in_channel"));
      assertThat(send(bot(service, "xoxb-wrong-token"), letter))
          .isEqualTo(new Delivery.Refused("HTTP 200 error=invalid_auth"));
      assertThat(send(channel, big("#alerts"))).isInstanceOf(Delivery.Accepted.class);
    }
  }

  @Test
  void a_slack_channel_is_an_id_or_a_name() {
    for (String good : List.of("C0123456789", "G0123456789", "#alerts", "#报警")) {
      assertThat(SlackBot.KIND.problemWith(good)).isEqualTo(Text.NONE);
    }
    for (String bad : List.of("", "alerts", "#a b", "C1\r\nX", "c0123456789")) {
      assertThat(SlackBot.KIND.problemWith(bad).zh()).isNotEmpty();
    }
  }

  private static Channel bot(StrictService service, String token) {
    return channel(SlackBot.KIND, Map.of("server", service.url(), "token", token));
  }

  @Test
  void telegram_answers_to_an_incidents_first_message_and_reaches_topics() throws IOException {
    try (StrictService service =
        new StrictService(got -> Reply.ok("{\"ok\":true,\"result\":{\"message_id\":41}}"))) {
      Channel channel = channel(Telegram.KIND, Map.of("server", service.url(), "token", "1:abc"));
      assertThat(send(channel, Letters.letter("-100:7")))
          .isEqualTo(new Delivery.Accepted("HTTP 200", "41"));
      JsonNode first = JSON.readTree(service.got.getFirst().body());
      assertThat(first.path("chat_id").asString()).isEqualTo("-100");
      assertThat(first.path("message_thread_id").asInt()).isEqualTo(7);
      Letter next = Letters.letter(Letters.notice(Kind.RESOLVED, "i1", 2), "-100", Language.EN);
      assertThat(send(channel, new Letter(next.key(), next.notice(), next.recipient(), "41")))
          .isEqualTo(new Delivery.Accepted("HTTP 200", "41"));
      JsonNode reply = JSON.readTree(service.got.getLast().body()).path("reply_parameters");
      assertThat(reply.path("message_id").asInt()).isEqualTo(41);
      assertThat(reply.path("allow_sending_without_reply").asBoolean()).isTrue();
    }
  }

  @Test
  void telegram_gets_plain_text_when_it_cannot_parse_the_formatted_one() throws IOException {
    Function<Got, Reply> strict =
        got -> {
          JsonNode body = JSON.readTree(got.body());
          String shown =
              body.path("text")
                  .asString()
                  .replaceAll("<[^>]*>", "")
                  .replace("&lt;", "<")
                  .replace("&gt;", ">")
                  .replace("&amp;", "&");
          return shown.length() > 4_096
              ? new Reply(
                  400,
                  "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: message is too"
                      + " long\"}",
                  null)
              : Reply.ok("{\"ok\":true,\"result\":{\"message_id\":1}}");
        };
    try (StrictService service = new StrictService(strict)) {
      Channel channel = channel(Telegram.KIND, Map.of("server", service.url(), "token", "1:abc"));
      assertThat(send(channel, big("-100"))).isInstanceOf(Delivery.Accepted.class);
      assertThat(service.got.getFirst().path()).isEqualTo("/bot1:abc/sendMessage");
      service.then(
          new Reply(
              400,
              "{\"ok\":false,\"description\":\"Bad Request: can't parse entities: x\"}",
              null));
      assertThat(send(channel, Letters.letter("-100"))).isInstanceOf(Delivery.Accepted.class);
      assertThat(JSON.readTree(service.got.getLast().body()).has("parse_mode")).isFalse();
      service.then(
          new Reply(
              429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":12}}", null),
          new Reply(403, "{\"ok\":false,\"description\":\"bot was blocked by the user\"}", null));
      assertThat(send(channel, Letters.letter("-100")))
          .isInstanceOfSatisfying(
              Delivery.NotNow.class,
              later -> assertThat(later.after()).contains(Duration.ofSeconds(12)));
      assertThat(send(channel, Letters.letter("-100"))).isInstanceOf(Delivery.Refused.class);
    }
  }

  @Test
  void a_webhook_gets_alertmanagers_payload_with_key_and_signature() throws IOException {
    try (StrictService service = new StrictService(got -> Reply.status(204))) {
      Channel channel =
          channel(
              Webhook.KIND,
              Map.of("address", service.url() + "/hook?a=b", "secret", "s", "token", "t"));
      Letter letter = Letters.letter("");
      assertThat(send(channel, letter)).isInstanceOf(Delivery.Accepted.class);
      Got got = service.got.getFirst();
      assertThat(got.query()).isEqualTo("a=b");
      assertThat(got.header("Idempotency-Key")).isEqualTo(letter.key());
      assertThat(got.header("Authorization")).isEqualTo("Bearer t");
      assertThat(got.header("X-Evenkeel-Signature"))
          .isEqualTo("sha256=" + HexFormat.of().formatHex(hmac("s", got.body())));
      JsonNode body = JSON.readTree(got.body());
      assertThat(body.path("version").asString()).isEqualTo("4");
      assertThat(body.path("status").asString()).isEqualTo("firing");
      assertThat(body.at("/alerts/0/labels/alertname").asString()).isEqualTo("FsLow");
      assertThat(body.at("/alerts/0/endsAt").asString()).isEqualTo("0001-01-01T00:00:00Z");
      assertThat(body.at("/commonLabels/instance").asString()).isEqualTo("web-1");
    }
  }

  @Test
  void a_service_that_hangs_or_cuts_the_connection_is_given_up_within_seconds() {
    try (StrictService service = new StrictService(got -> Reply.status(200))) {
      Channel channel = channel(Webhook.KIND, Map.of("address", service.url()));
      service.then(StrictService.HANG, StrictService.CUT);
      long begun = System.nanoTime();
      assertThat(failure(channel)).contains("did not answer within 5 s");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(50));
      assertThat(failure(channel)).isNotEmpty();
    }
  }

  private String failure(Channel channel) {
    try {
      return "answered: " + send(channel, Letters.letter("")).answer();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void a_service_is_reached_through_a_proxy_that_wants_a_login() throws IOException {
    try (StrictService service = new StrictService(got -> Reply.status(200));
        ForwardProxy proxy = new ForwardProxy("me", "secret")) {
      Map<String, String> form = new HashMap<>();
      form.put("address", service.url() + "/hook");
      form.put("proxy", proxy.url());
      form.put("proxyLogin", "me:secret");
      assertThat(through(form)).isInstanceOf(Delivery.Accepted.class);
      assertThat(proxy.asked).contains("POST " + service.url() + "/hook");
      form.remove("proxyLogin");
      assertThat(through(form)).isInstanceOf(Delivery.Refused.class);
      assertThat(service.got).hasSize(1);
    }
  }

  private Delivery through(Map<String, String> form) throws IOException {
    return switch (Webhook.KIND.read(form)) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) ->
          opened
              .channel()
              .send(
                  Letters.letter(Letters.notice(Kind.FIRED, "i", 1), "", Language.EN),
                  new Wires(
                      http,
                      new OutgoingSockets(StrictService.loopback()),
                      opened.route(),
                      InstantSource.system()));
      case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
    };
  }

  @Test
  void of_an_answer_only_the_status_and_the_services_code_and_message_are_shown() {
    assertThat(shown("{\"errcode\":310000,\"errmsg\":\"sign not match\",\"secret\":\"s3\"}"))
        .isEqualTo("HTTP 400 errcode=310000, errmsg=sign not match");
    assertThat(shown("{\"Response\":{\"Error\":{\"Code\":\"AuthFailure\",\"Message\":\"a\\nb\"}}}"))
        .isEqualTo("HTTP 400 Code=AuthFailure, Message=a b");
    assertThat(shown("invalid_token")).isEqualTo("HTTP 400 invalid_token");
    assertThat(shown("0: Accepted for delivery")).isEqualTo("HTTP 400 0: Accepted for delivery");
    assertThat(shown("<html>an internal page</html>")).isEqualTo("HTTP 400");
    assertThat(shown("ami-id\nblock-device-mapping/\nhostname")).isEqualTo("HTTP 400");
    assertThat(shown("[{\"code\":1}]")).isEqualTo("HTTP 400");
    assertThat(shown("{\"message\":\"" + "长".repeat(500) + "\"}")).hasSizeLessThan(150);
    assertThat(shown("{\"a\":".repeat(900))).isEqualTo("HTTP 400");
  }

  private static String shown(String body) {
    return Delivery.shown(new HttpAnswer(400, Map.of(), body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void redirects_are_not_followed() throws IOException {
    try (StrictService service = new StrictService(got -> Reply.status(302))) {
      assertThat(send(channel(Webhook.KIND, Map.of("address", service.url())), Letters.letter("")))
          .isInstanceOf(Delivery.Refused.class);
      assertThat(service.got).hasSize(1);
    }
  }
}
