package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.notify.channel.StrictService.Got;
import io.evenkeel.hub.notify.channel.StrictService.Reply;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// The SMS services with HTTP interfaces against servers that compute the signatures anew from what
/// arrived.
class SmsServicesTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochMilli(Letters.NOON));
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final OutgoingHttp http = new OutgoingHttp(StrictService.loopback());

  @AfterEach
  void close() throws IOException {
    http.close();
  }

  private Delivery send(ChannelKind kind, Map<String, String> form, Letter letter)
      throws IOException {
    return switch (kind.read(form)) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) ->
          opened.channel().send(letter, StrictService.wires(http, CLOCK));
      case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
    };
  }

  private static Letter letter() {
    return Letters.letter(Letters.notice(Kind.FIRED, "i1", 1), "+8613800000000", Language.ZH);
  }

  private static byte[] hmac(byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8(text)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String between(String text, String before, String after) {
    int from = text.indexOf(before) + before.length();
    int to = after.isEmpty() ? text.length() : text.indexOf(after, from);
    return text.substring(from, to);
  }

  /// Alibaba's V3 signature, step by step as its documentation describes it.
  private static Reply aliyun(Got got) {
    String authorization = got.header("Authorization");
    StringBuilder canonical = new StringBuilder("POST\n/\n");
    TreeMap<String, String> sorted = new TreeMap<>();
    for (String pair : got.query().split("&", -1)) {
      sorted.put(pair.substring(0, pair.indexOf('=')), pair);
    }
    canonical.append(String.join("&", sorted.values())).append('\n');
    String names = between(authorization, "SignedHeaders=", ",");
    for (String name : names.split(";", -1)) {
      canonical.append(name).append(':').append(got.header(name).strip()).append('\n');
    }
    canonical.append('\n').append(names).append('\n').append(sha256(got.body()));
    String expected =
        HexFormat.of()
            .formatHex(hmac(utf8("sk"), "ACS3-HMAC-SHA256\n" + sha256(canonical.toString())));
    if (!between(authorization, "Signature=", "").equals(expected)
        || !got.header("x-acs-content-sha256").equals(sha256(got.body()))) {
      return new Reply(400, "{\"Code\":\"SignatureDoesNotMatch\"}", null);
    }
    return got.header("x-acs-action").equals("SendSms")
            && got.header("x-acs-version").equals("2017-05-25")
            && got.query().contains("TemplateCode=SMS_1")
        ? Reply.ok("{\"Code\":\"OK\",\"Message\":\"OK\",\"BizId\":\"1\"}")
        : Reply.ok("{\"Code\":\"isv.SMS_TEMPLATE_ILLEGAL\"}");
  }

  @Test
  void aliyun_verifies_the_signature_and_judges_by_the_code() throws IOException {
    try (StrictService service = new StrictService(SmsServicesTest::aliyun)) {
      Map<String, String> form =
          Map.of(
              "server",
              service.url(),
              "keyId",
              "ak",
              "keySecret",
              "sk",
              "sign",
              "阿里云 签名*~",
              "template",
              "SMS_1");
      assertThat(send(AliyunSms.KIND, form, letter())).isInstanceOf(Delivery.Accepted.class);
      String parameters =
          URLDecoder.decode(
              between(service.got.getFirst().query(), "TemplateParam=", ""),
              StandardCharsets.UTF_8);
      assertThat(parameters).contains("\"alert\":\"FsLow\"", "\"subject\":\"web-1\"");
      service.then(
          Reply.ok("{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\"}"),
          Reply.ok("{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\"}"));
      assertThat(send(AliyunSms.KIND, form, letter())).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(AliyunSms.KIND, form, letter())).isInstanceOf(Delivery.Refused.class);
    }
  }

  /// Tencent's TC3 signature, step by step as its documentation describes it.
  private static Reply tencent(Got got) {
    String authorization = got.header("Authorization");
    String timestamp = got.header("X-TC-Timestamp");
    String date = Instant.ofEpochSecond(Long.parseLong(timestamp)).toString().substring(0, 10);
    String canonical =
        "POST\n/\n\ncontent-type:"
            + got.header("Content-Type")
            + "\nhost:"
            + got.header("Host")
            + "\n\ncontent-type;host\n"
            + sha256(got.body());
    byte[] key = hmac(hmac(hmac(utf8("TC3sk"), date), "sms"), "tc3_request");
    String expected =
        HexFormat.of()
            .formatHex(
                hmac(
                    key,
                    "TC3-HMAC-SHA256\n"
                        + timestamp
                        + "\n"
                        + date
                        + "/sms/tc3_request\n"
                        + sha256(canonical)));
    return between(authorization, "Signature=", "").equals(expected)
        ? Reply.ok("{\"Response\":{\"SendStatusSet\":[{\"Code\":\"Ok\",\"SerialNo\":\"1\"}]}}")
        : Reply.ok("{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureFailure\"}}}");
  }

  @Test
  void tencent_verifies_the_signature_and_judges_by_each_code() throws IOException {
    try (StrictService service = new StrictService(SmsServicesTest::tencent)) {
      Map<String, String> form =
          Map.of(
              "server",
              service.url(),
              "secretId",
              "id",
              "secretKey",
              "sk",
              "app",
              "1400",
              "sign",
              "腾讯",
              "template",
              "1",
              "variables",
              "alert,subject");
      assertThat(send(TencentSms.KIND, form, letter())).isInstanceOf(Delivery.Accepted.class);
      assertThat(JSON.readTree(service.got.getFirst().body()).at("/TemplateParamSet/1").asString())
          .isEqualTo("web-1");
      service.then(
          Reply.ok(
              "{\"Response\":{\"SendStatusSet\":[{\"Code\":\"LimitExceeded.PhoneNumberDailyLimit\"}]}}"),
          Reply.ok("{\"Response\":{\"SendStatusSet\":[{\"Code\":\"InvalidParameterValue.X\"}]}}"),
          Reply.ok("{\"Response\":{\"Error\":{\"Code\":\"InternalError.Timeout\"}}}"));
      assertThat(send(TencentSms.KIND, form, letter())).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(TencentSms.KIND, form, letter())).isInstanceOf(Delivery.Refused.class);
      assertThat(send(TencentSms.KIND, form, letter())).isInstanceOf(Delivery.NotNow.class);
    }
  }

  @Test
  void twilio_gets_a_form_and_a_login() throws IOException {
    try (StrictService service =
        new StrictService(got -> new Reply(201, "{\"sid\":\"SM1\"}", null))) {
      Map<String, String> form =
          Map.of("server", service.url(), "account", "AC1", "token", "t", "from", "+15005550006");
      assertThat(send(TwilioSms.KIND, form, letter())).isInstanceOf(Delivery.Accepted.class);
      Got got = service.got.getFirst();
      assertThat(got.path()).isEqualTo("/2010-04-01/Accounts/AC1/Messages.json");
      assertThat(got.header("Authorization"))
          .isEqualTo("Basic " + Base64.getEncoder().encodeToString(utf8("AC1:t")));
      assertThat(got.body()).startsWith("To=%2B8613800000000&From=%2B15005550006&Body=");
      service.then(
          new Reply(429, "{\"code\":20429}", null), new Reply(400, "{\"code\":21610}", null));
      assertThat(send(TwilioSms.KIND, form, letter())).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(TwilioSms.KIND, form, letter())).isInstanceOf(Delivery.Refused.class);
    }
  }

  @Test
  void a_generic_gateway_gets_its_address_and_body_filled_and_escaped() throws IOException {
    try (StrictService service = new StrictService(got -> Reply.ok("{\"result\":\"queued\"}"))) {
      Map<String, String> get =
          Map.of("address", service.url() + "/s?to={to}&text={text}&coding={coding}");
      assertThat(send(HttpSms.KIND, get, letter())).isInstanceOf(Delivery.Accepted.class);
      assertThat(service.got.getFirst().query()).startsWith("to=%2B8613800000000&text=%E3%80%90");
      assertThat(service.got.getFirst().query()).endsWith("&coding=2");
      Map<String, String> post =
          Map.of(
              "address",
              service.url() + "/s",
              "body",
              "{\"to\":\"{to}\",\"text\":\"{text}\"}",
              "success",
              "\"result\":\"sent\"");
      assertThat(send(HttpSms.KIND, post, letter())).isInstanceOf(Delivery.Refused.class);
      assertThat(JSON.readTree(service.got.getLast().body()).path("text").asString())
          .contains("FsLow", "\n");
    }
  }
}
