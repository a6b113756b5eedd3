package io.evenkeel.agent.probe;

import com.google.re2j.Pattern;
import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Answer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.minidns.dnsmessage.DnsMessage;
import org.minidns.dnsmessage.DnsMessage.RESPONSE_CODE;
import org.minidns.dnsmessage.Question;
import org.minidns.dnsname.DnsName;
import org.minidns.record.Data;
import org.minidns.record.Record;
import org.minidns.record.SOA;

/// Asks a name server (RFC 1035): by UDP, and by TCP what does not fit there. Safe for use by many
/// threads.
final class DnsProbe {
  private static final int MOST_UDP_BYTES = 65_535;
  private static final int RECORDS_KEPT = 8;

  void run(Check.Dns check, Attempt attempt) throws ProbeFailedException {
    try {
      DnsMessage answer = ask(check, attempt);
      count(answer, attempt);
      judge(check, answer);
    } catch (IOException e) {
      throw attempt.failed(e);
    } finally {
      attempt.samplePhases("probe_dns_duration_seconds");
    }
  }

  private static DnsMessage ask(Check.Dns check, Attempt attempt)
      throws ProbeFailedException, IOException {
    NameServer server =
        (check.server().isEmpty() ? NameServer.ofThisMachine() : NameServer.parse(check.server()))
            .orElseThrow(() -> new ProbeFailedException(Kind.DNS_NO_SERVER, ""));
    InetAddress address =
        check.server().isEmpty()
            ? attempt.resolveOwn(server.host())
            : attempt.resolve(server.host());
    DnsMessage question = question(check);
    attempt.sample("probe_dns_query_succeeded", 0);
    long connecting = attempt.begin("connect");
    try (DatagramSocket socket = attempt.hold(new DatagramSocket())) {
      socket.connect(address, server.port());
      attempt.end("connect", connecting);
      long begun = attempt.begin("request");
      byte[] bytes = question.toArray();
      socket.send(new DatagramPacket(bytes, bytes.length));
      DnsMessage answer = receive(socket, question, attempt);
      if (answer.truncated) {
        answer = askByTcp(bytes, address, server.port(), attempt);
      }
      attempt.end("request", begun);
      attempt.sample("probe_dns_query_succeeded", 1);
      return answer;
    } catch (PortUnreachableException e) {
      throw new ProbeFailedException(
          Kind.REFUSED, address.getHostAddress() + ":" + server.port(), e);
    }
  }

  private static DnsMessage question(Check.Dns check) {
    return DnsMessage.builder()
        .setId(ThreadLocalRandom.current().nextInt(1 << 16))
        .setRecursionDesired(true)
        .setQuestion(new Question(DnsName.from(check.name()), Record.TYPE.valueOf(check.type())))
        .build();
  }

  /// The answer to this very question; what somebody else sends is passed over.
  private static DnsMessage receive(DatagramSocket socket, DnsMessage question, Attempt attempt)
      throws ProbeFailedException, IOException {
    DatagramPacket packet = new DatagramPacket(new byte[MOST_UDP_BYTES], MOST_UDP_BYTES);
    while (true) {
      socket.setSoTimeout(attempt.leftMillis());
      socket.receive(packet);
      DnsMessage answer = parse(Arrays.copyOf(packet.getData(), packet.getLength()));
      if (answer.id == question.id) {
        return answer;
      }
      packet.setLength(MOST_UDP_BYTES);
    }
  }

  private static DnsMessage askByTcp(
      byte[] question, InetAddress address, int port, Attempt attempt)
      throws ProbeFailedException, IOException {
    try (Socket socket = attempt.connect(address, port)) {
      socket.setSoTimeout(attempt.leftMillis());
      ByteBuffer framed = ByteBuffer.allocate(2 + question.length);
      framed.putShort((short) question.length).put(question);
      socket.getOutputStream().write(framed.array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      return parse(in.readNBytes(in.readUnsignedShort()));
    }
  }

  private static DnsMessage parse(byte[] bytes) throws ProbeFailedException {
    try {
      return new DnsMessage(bytes);
    } catch (IOException | RuntimeException e) {
      // The library tells a malformed message by whatever its reading runs into.
      throw new ProbeFailedException(Kind.DNS_MALFORMED, Attempt.text(e), e);
    }
  }

  private static void count(DnsMessage answer, Attempt attempt) {
    attempt.sample("probe_dns_answer_rrs", answer.answerSection.size());
    attempt.sample("probe_dns_authority_rrs", answer.authoritySection.size());
    attempt.sample("probe_dns_additional_rrs", answer.additionalSection.size());
    for (Record<? extends Data> record : answer.answerSection) {
      if (record.payloadData instanceof SOA soa) {
        attempt.sample("probe_dns_serial", soa.serial);
      }
    }
    attempt.answer(new Answer(null, null, null, shown(answer)));
  }

  private static List<String> shown(DnsMessage answer) {
    return answer.answerSection.stream()
        .limit(RECORDS_KEPT)
        .map(record -> record.type + " " + record.payloadData)
        .toList();
  }

  private static void judge(Check.Dns check, DnsMessage answer) throws ProbeFailedException {
    if (answer.responseCode != RESPONSE_CODE.NO_ERROR) {
      throw new ProbeFailedException(Kind.DNS_CODE, String.valueOf(answer.responseCode));
    }
    Record.TYPE type = Record.TYPE.valueOf(check.type());
    if (answer.answerSection.stream().noneMatch(one -> one.type == type)) {
      throw new ProbeFailedException(Kind.DNS_EMPTY, check.type());
    }
    Pattern pattern = Pattern.compile(check.answers());
    if (answer.answerSection.stream()
        .noneMatch(one -> pattern.matcher(one.payloadData.toString()).find())) {
      throw new ProbeFailedException(Kind.DNS_OTHER, String.join(", ", shown(answer)));
    }
  }
}
