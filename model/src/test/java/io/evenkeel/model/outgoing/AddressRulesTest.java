package io.evenkeel.model.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private final AddressRules strict = new AddressRules(List.of());
  private final AddressRules open =
      new AddressRules(
          List.of(Network.parse("0.0.0.0/0").orElseThrow(), Network.parse("::/0").orElseThrow()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "0.0.0.0",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::ffff:169.254.169.254"
      })
  void metadata_and_link_local_addresses_are_never_reached(String address) {
    assertThatThrownBy(() -> open.resolve(address, Reach.PRIVATE_TOO))
        .isInstanceOf(RefusedAddressException.class)
        .hasMessageContaining("never connected to");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1.2.3",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "::1",
        "fd12::1",
        "::ffff:10.0.0.1",
        "localhost"
      })
  void private_addresses_are_reached_only_when_allowed(String address) {
    assertThatThrownBy(() -> strict.resolve(address, Reach.ALLOWED))
        .isInstanceOf(RefusedAddressException.class)
        .hasMessageContaining("outgoing.privateNetworks");
    assertThatCode(() -> strict.resolve(address, Reach.PRIVATE_TOO)).doesNotThrowAnyException();
    assertThatCode(() -> open.resolve(address, Reach.ALLOWED)).doesNotThrowAnyException();
  }

  @Test
  void a_public_address_is_reached() {
    assertThatCode(() -> strict.resolve("203.0.113.7", Reach.ALLOWED)).doesNotThrowAnyException();
  }

  @Test
  void what_is_entered_is_judged_as_what_is_called_except_that_names_are_not_looked_up() {
    assertThat(strict.problemWith("169.254.169.254", Reach.PRIVATE_TOO).en())
        .isEqualTo("169.254.169.254 is an address that is never connected to");
    assertThat(strict.problemWith("[fd00:ec2::254]", Reach.PRIVATE_TOO).en()).contains("never");
    assertThat(strict.problemWith("[::ffff:169.254.1.1]", Reach.PRIVATE_TOO).en())
        .contains("never");
    assertThat(strict.problemWith("10.0.0.1", Reach.ALLOWED).en())
        .contains("outgoing.privateNetworks");
    assertThat(strict.problemWith("10.0.0.1", Reach.PRIVATE_TOO)).isEqualTo(Text.NONE);
    assertThat(strict.problemWith("203.0.113.7", Reach.ALLOWED)).isEqualTo(Text.NONE);
    assertThat(strict.problemWith("localhost", Reach.ALLOWED)).isEqualTo(Text.NONE);
    assertThat(strict.problemWith("[no address]", Reach.ALLOWED)).isEqualTo(Text.NONE);
    assertThat(strict.problemWith("[", Reach.ALLOWED)).isEqualTo(Text.NONE);
  }

  @Test
  void networks_are_read_strictly() {
    assertThat(Network.parse("10.0.0.0/8")).isPresent();
    assertThat(Network.parse("10.0.0.0/33")).isEmpty();
    assertThat(Network.parse("example.org")).isEmpty();
    assertThat(Network.parse("deadbeef")).isEmpty();
    assertThat(Network.parse("")).isEmpty();
  }
}
