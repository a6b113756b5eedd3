package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Against the worked examples that the two clouds publish with their signatures.
class CanonicalRequestTest {
  @Test
  void signs_as_the_example_of_alibaba_cloud() {
    String query =
        AliyunSms.canonicalQuery(
            Map.of(
                "RegionId",
                "cn-shanghai",
                "ImageId",
                "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"));
    Map<String, String> headers =
        Map.of(
            "host",
            "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action",
            "RunInstances",
            "x-acs-content-sha256",
            Signatures.sha256Hex(new byte[0]),
            "x-acs-date",
            "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce",
            "3156853299f313e23d1673dc12e1703d",
            "x-acs-version",
            "2014-05-26");
    assertThat(
            new CanonicalRequest(query, headers, new byte[0])
                .alibaba("YourAccessKeyId", "YourAccessKeySecret"))
        .isEqualTo(
            "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
                + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
                + "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  }

  @Test
  void signs_as_the_example_of_tencent_cloud() {
    byte[] body =
        "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        Map.of(
            "content-type", "application/json; charset=utf-8", "host", "cvm.tencentcloudapi.com");
    assertThat(
            new CanonicalRequest("", headers, body)
                .tencent(
                    "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                    "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
                    "cvm",
                    Instant.ofEpochSecond(1_551_113_065)))
        .isEqualTo(
            "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/"
                + "tc3_request, SignedHeaders=content-type;host, Signature="
                + "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
  }
}
