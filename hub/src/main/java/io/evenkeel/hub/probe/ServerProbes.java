package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Probe;
import io.evenkeel.agent.probe.ProbeMessages;
import io.evenkeel.agent.probe.ProbeMessages.Order;
import io.evenkeel.agent.probe.ProbeMessages.Told;
import io.evenkeel.hub.ingest.Ingest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// The probes that agents run: which of them each server is to run, and what their agents tell. A
/// server hears of a change in the answer to its next push, and fetches only what is new to it.
/// Safe for use by many threads.
public final class ServerProbes {
  /// How many probes one server runs at most; the first ones by name.
  static final int MOST = 100;

  private final Ingest ingest;
  private final InstantSource clock;
  private final Map<String, Desk> desks = new ConcurrentHashMap<>();
  private volatile List<Given> all = List.of();

  /// A probe that runs on servers.
  record Given(Order order, Probe probe, List<Place> from) {
    Given {
      from = List.copyOf(from);
    }

    static Given of(String id, Probe probe, List<Place> from) {
      return new Given(new Order(id, digest(ProbeMessages.of(probe).toString())), probe, from);
    }

    boolean isFor(ProbingServer server) {
      return from.stream().anyMatch(place -> place.means(server));
    }
  }

  /// What one server runs, by the ids of the probes.
  private static final class Desk {
    private List<Given> given = List.of();
    private String name = "";
    private String revision = "";
    private final Map<String, ProbeTrack> tracks = new TreeMap<>();
  }

  ServerProbes(Ingest ingest, InstantSource clock) {
    this.ingest = ingest;
    this.clock = clock;
  }

  /// Sets which probes there are; what does not run any more ends its series.
  void set(List<Given> now) {
    all = List.copyOf(now);
    desks.forEach((_, desk) -> {
      synchronized (desk) {
        settle(desk, desk.given.stream().filter(now::contains).toList());
      }
    });
  }

  /// What the probes of a server are called together; empty when it runs none.
  public String revision(ProbingServer server) {
    if (all.isEmpty() && !desks.containsKey(server.hostId())) {
      return "";
    }
    Desk desk = desk(server);
    synchronized (desk) {
      return desk.revision;
    }
  }

  /// The probes that a server is to run.
  public List<Order> orders(ProbingServer server) {
    Desk desk = desk(server);
    synchronized (desk) {
      return desk.given.stream().map(Given::order).toList();
    }
  }

  /// A probe that a server is to run.
  public Optional<Probe> find(ProbingServer server, Order order) {
    Desk desk = desk(server);
    synchronized (desk) {
      return desk.given.stream()
          .filter(one -> one.order.equals(order))
          .map(Given::probe)
          .findFirst();
    }
  }

  /// Takes what a server's agent tells; what it is not to run is passed over.
  public void take(ProbingServer server, List<Told> told) {
    Desk desk = desk(server);
    for (Told one : told) {
      ProbeTrack track;
      synchronized (desk) {
        track = desk.tracks.get(one.id());
      }
      if (track != null) {
        track.take(one.result());
      }
    }
  }

  /// The tracks of a probe on all servers that are still watched.
  List<ProbeTrack> tracks(String id, Predicate<String> watched) {
    List<ProbeTrack> tracks = new ArrayList<>();
    desks.forEach((hostId, desk) -> {
      if (!watched.test(hostId)) {
        desks.remove(hostId, desk);
        return;
      }
      synchronized (desk) {
        ProbeTrack track = desk.tracks.get(id);
        if (track != null) {
          tracks.add(track);
        }
      }
    });
    tracks.sort((a, b) -> a.from().compareTo(b.from()));
    return tracks;
  }

  private Desk desk(ProbingServer server) {
    Desk desk = desks.computeIfAbsent(server.hostId(), _ -> new Desk());
    List<Given> now = all.stream().filter(one -> one.isFor(server)).limit(MOST).toList();
    synchronized (desk) {
      if (!now.equals(desk.given) || !server.name().equals(desk.name)) {
        if (!server.name().equals(desk.name)) {
          settle(desk, List.of());
        }
        desk.name = server.name();
        settle(desk, now);
        for (Given one : now) {
          desk.tracks.computeIfAbsent(
              one.order.id(), _ -> new ProbeTrack(one.probe, server, ingest, clock));
        }
      }
    }
    return desk;
  }

  /// Ends what a desk has and is not given any more.
  private static void settle(Desk desk, List<Given> now) {
    for (Given before : desk.given) {
      if (!now.contains(before)) {
        ProbeTrack track = desk.tracks.remove(before.order.id());
        if (track != null) {
          track.end();
        }
      }
    }
    desk.given = now;
    desk.revision =
        now.isEmpty()
            ? ""
            : digest(ProbeMessages.orders(now.stream().map(Given::order).toList()).toString());
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
