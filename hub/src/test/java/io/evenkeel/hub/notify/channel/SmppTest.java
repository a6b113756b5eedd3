package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jsmpp.bean.BroadcastSm;
import org.jsmpp.bean.CancelBroadcastSm;
import org.jsmpp.bean.CancelSm;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.QueryBroadcastSm;
import org.jsmpp.bean.QuerySm;
import org.jsmpp.bean.ReplaceSm;
import org.jsmpp.bean.SubmitMulti;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.BindRequest;
import org.jsmpp.session.BroadcastSmResult;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.QueryBroadcastSmResult;
import org.jsmpp.session.QuerySmResult;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.SMPPServerSessionListener;
import org.jsmpp.session.ServerMessageReceiverListener;
import org.jsmpp.session.Session;
import org.jsmpp.session.SubmitMultiResult;
import org.jsmpp.session.SubmitSmResult;
import org.jsmpp.util.MessageId;
import org.junit.jupiter.api.Test;

/// SMPP against jsmpp's message centre.
class SmppTest {
  /// A message centre that keeps what it gets and refuses when told to.
  private static final class Centre implements ServerMessageReceiverListener, AutoCloseable {
    final List<SubmitSm> got = new CopyOnWriteArrayList<>();
    final Queue<Integer> refusals = new ConcurrentLinkedQueue<>();
    private final SMPPServerSessionListener listener;
    private final int port;

    Centre() throws IOException {
      // jsmpp does not tell which port 0 became.
      try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
        port = free.getLocalPort();
      }
      listener = new SMPPServerSessionListener(port);
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return port;
    }

    private void accept() {
      try {
        while (true) {
          SMPPServerSession session = listener.accept();
          session.setMessageReceiverListener(this);
          Thread.ofVirtual().start(() -> bind(session));
        }
      } catch (IOException e) {
        // The test is over.
        assertThat(e).isNotNull();
      }
    }

    private static void bind(SMPPServerSession session) {
      try {
        BindRequest bind = session.waitForBind(5_000);
        if (bind.getSystemId().equals("ops") && bind.getPassword().equals("secret")) {
          bind.accept("centre", InterfaceVersion.IF_34);
        } else {
          bind.reject(0x0d);
        }
      } catch (Exception e) {
        session.close();
      }
    }

    @Override
    public SubmitSmResult onAcceptSubmitSm(SubmitSm submitSm, SMPPServerSession source)
        throws ProcessRequestException {
      Integer refusal = refusals.poll();
      if (refusal != null) {
        throw new ProcessRequestException("refused", refusal);
      }
      got.add(submitSm);
      try {
        return new SubmitSmResult(
            new MessageId("id" + got.size()), new org.jsmpp.bean.OptionalParameter[0]);
      } catch (org.jsmpp.PDUStringException e) {
        throw new ProcessRequestException("id", 8);
      }
    }

    @Override
    public SubmitMultiResult onAcceptSubmitMulti(SubmitMulti m, SMPPServerSession s)
        throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public QuerySmResult onAcceptQuerySm(QuerySm q, SMPPServerSession s)
        throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public void onAcceptReplaceSm(ReplaceSm r, SMPPServerSession s) throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public void onAcceptCancelSm(CancelSm c, SMPPServerSession s) throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public BroadcastSmResult onAcceptBroadcastSm(BroadcastSm b, SMPPServerSession s)
        throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public void onAcceptCancelBroadcastSm(CancelBroadcastSm c, SMPPServerSession s)
        throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public QueryBroadcastSmResult onAcceptQueryBroadcastSm(QueryBroadcastSm q, SMPPServerSession s)
        throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public DataSmResult onAcceptDataSm(DataSm d, Session s) throws ProcessRequestException {
      throw new ProcessRequestException("no", 3);
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private static Delivery send(Centre centre, String password, Letter letter) throws IOException {
    Map<String, String> form =
        Map.of(
            "host",
            "127.0.0.1",
            "port",
            Integer.toString(centre.port()),
            "system",
            "ops",
            "password",
            password,
            "from",
            "Evenkeel");
    try (OutgoingHttp http = new OutgoingHttp(StrictService.loopback())) {
      return switch (Smpp.KIND.read(form)) {
        case ChannelKind.Read.Ready(ChannelKind.Opened opened) ->
            opened.channel().send(letter, StrictService.wires(http, InstantSource.system()));
        case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
      };
    }
  }

  @Test
  void a_long_chinese_text_travels_in_linked_parts() throws IOException {
    try (Centre centre = new Centre()) {
      String summary = "磁盘快满了😀".repeat(30);
      Letter letter =
          Letters.letter(
              Letters.notice(Kind.FIRED, "i", 1, summary, 1), "+8613800000000", Language.EN);
      assertThat(send(centre, "secret", letter))
          .isInstanceOfSatisfying(
              Delivery.Accepted.class, ok -> assertThat(ok.answer()).contains("id1"));
      assertThat(centre.got.size()).isGreaterThan(2);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int i = 0; i < centre.got.size(); i++) {
        SubmitSm part = centre.got.get(i);
        byte[] octets = part.getShortMessage();
        assertThat(octets.length).isLessThanOrEqualTo(140);
        assertThat(part.getEsmClass()).isEqualTo((byte) 0x40);
        assertThat(part.getDataCoding()).isEqualTo((byte) 8);
        assertThat(part.getDestAddress()).isEqualTo("8613800000000");
        assertThat(octets).startsWith(5, 0, 3);
        assertThat(octets[4]).isEqualTo((byte) centre.got.size());
        assertThat(octets[5]).isEqualTo((byte) (i + 1));
        text.writeBytes(Arrays.copyOfRange(octets, 6, octets.length));
      }
      assertThat(text.toString(StandardCharsets.UTF_16BE)).isEqualTo(letter.text().brief());
    }
  }

  @Test
  void a_throttled_centre_is_tried_again_and_a_wrong_password_is_final() throws IOException {
    try (Centre centre = new Centre()) {
      centre.refusals.addAll(List.of(0x58, 0x14, 0x0b));
      Letter letter = Letters.letter("+8613800000000");
      assertThat(send(centre, "secret", letter)).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(centre, "secret", letter)).isInstanceOf(Delivery.NotNow.class);
      assertThat(send(centre, "secret", letter)).isInstanceOf(Delivery.Refused.class);
      assertThat(send(centre, "wrong", letter)).isInstanceOf(Delivery.Refused.class);
      assertThat(send(centre, "secret", letter)).isInstanceOf(Delivery.Accepted.class);
      assertThat(centre.got.getFirst().getEsmClass()).isEqualTo((byte) 0);
    }
  }
}
