package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `/proc/net/netstat`, `snmp` and `snmp6`: protocol counters, those of node_exporter's default and
/// those that diagnosis needs. Each protocol has a line of names and a line of values.
public final class NetstatCollector implements Collector {
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "Tcp",
          Set.of(
              "ActiveOpens",
              "CurrEstab",
              "InErrs",
              "InSegs",
              "OutRsts",
              "OutSegs",
              "PassiveOpens",
              "RetransSegs"),
          "TcpExt",
          Set.of(
              "ListenDrops",
              "ListenOverflows",
              "PruneCalled",
              "RcvPruned",
              "SyncookiesFailed",
              "SyncookiesRecv",
              "SyncookiesSent",
              "TCPOFOQueue",
              "TCPRcvQDrop",
              "TCPReqQFullDoCookies",
              "TCPReqQFullDrop",
              "TCPSynRetrans",
              "TCPTimeouts"),
          "Udp",
          Set.of(
              "InDatagrams", "InErrors", "NoPorts", "OutDatagrams", "RcvbufErrors", "SndbufErrors"),
          "UdpLite",
          Set.of("InErrors"),
          "Ip",
          Set.of("Forwarding"),
          "IpExt",
          Set.of("InOctets", "OutOctets"),
          "Icmp",
          Set.of("InErrors", "InMsgs", "OutMsgs"));

  /// snmp6 has a line per counter.
  private static final Map<String, String> FIELDS_6 =
      Map.ofEntries(
          Map.entry("Ip6InOctets", "Ip6_InOctets"),
          Map.entry("Ip6OutOctets", "Ip6_OutOctets"),
          Map.entry("Icmp6InErrors", "Icmp6_InErrors"),
          Map.entry("Icmp6InMsgs", "Icmp6_InMsgs"),
          Map.entry("Icmp6OutMsgs", "Icmp6_OutMsgs"),
          Map.entry("Udp6InDatagrams", "Udp6_InDatagrams"),
          Map.entry("Udp6InErrors", "Udp6_InErrors"),
          Map.entry("Udp6NoPorts", "Udp6_NoPorts"),
          Map.entry("Udp6OutDatagrams", "Udp6_OutDatagrams"),
          Map.entry("Udp6RcvbufErrors", "Udp6_RcvbufErrors"),
          Map.entry("Udp6SndbufErrors", "Udp6_SndbufErrors"),
          Map.entry("UdpLite6InErrors", "UdpLite6_InErrors"));

  private final KernelFile netstat;
  private final KernelFile snmp;
  private final KernelFile snmp6;
  private final Names names;
  private final List<String> header = new ArrayList<>();
  private final Map<String, Samples.Family> families = new HashMap<>();
  private final Map<String, Map<String, String>> wanted = new HashMap<>();

  public NetstatCollector(Surroundings surroundings) {
    netstat = new KernelFile(surroundings.proc("net/netstat"), "protocol statistics");
    snmp = new KernelFile(surroundings.proc("net/snmp"), "protocol statistics");
    snmp6 = new KernelFile(surroundings.proc("net/snmp6"), "IPv6 statistics");
    names = surroundings.names();
    FIELDS.forEach((protocol, fields) -> {
      Map<String, String> metrics = new HashMap<>();
      fields.forEach(field -> metrics.put(field, protocol + "_" + field));
      wanted.put(protocol, metrics);
    });
  }

  @Override
  public String name() {
    return "netstat";
  }

  @Override
  public void collect(Samples out) throws IOException {
    pairs(netstat.read(), out);
    pairs(snmp.read(), out);
    try {
      ByteText text = snmp6.read();
      while (text.nextLine() && text.nextWord()) {
        String metric = FIELDS_6.get(text.text(names));
        if (metric != null) {
          set(out, metric, text.number());
        }
      }
    } catch (NotAvailableException e) {
      // A kernel without IPv6 has no such counters; the others stand.
      System.getLogger(NetstatCollector.class.getName())
          .log(System.Logger.Level.TRACE, e.getMessage());
    }
  }

  private void pairs(ByteText text, Samples out) {
    while (text.nextLine() && text.nextUntil(':')) {
      String protocol = text.text(names);
      Map<String, String> fields = wanted.get(protocol);
      header.clear();
      while (fields != null && text.nextWord()) {
        header.add(text.text(names));
      }
      if (!text.nextLine() || fields == null) {
        continue;
      }
      text.nextUntil(':');
      for (int i = 0; i < header.size(); i++) {
        long value = text.number();
        String metric = fields.get(header.get(i));
        if (metric != null) {
          set(out, metric, value);
        }
      }
    }
  }

  private void set(Samples out, String metric, long value) {
    Samples.Family family = families.get(metric);
    if (family == null) {
      family = out.untyped("node_netstat_" + metric, "Statistic " + metric.replace("_", "") + ".");
      families.put(metric, family);
    }
    if (value != ByteText.NO_NUMBER) {
      family.set(value);
    }
  }

  @Override
  public void close() {
    netstat.close();
    snmp.close();
    snmp6.close();
  }
}
