package io.evenkeel.hub.api;

import io.evenkeel.hub.profile.Profile;
import io.evenkeel.hub.profile.Profiles;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Profiles of processes: asked for, listed, downloaded, compared.
public final class ProfileRoutes {
  public record ProfileList(List<Profile> profiles) {}

  /// @param host the host's id
  /// @param process the process's name as the caller sees it
  /// @param kind `cpu`, `mixed`, `wall`, `allocation`, `lock` or `memory`
  /// @param seconds 10 to 60
  /// @param finding the id of the finding it is asked from; empty when from none
  public record NewProfile(
      String host, int pid, String process, String kind, int seconds, String finding) {}

  private static final String BASE = "/api/hub/v1/profiles";
  private static final int USUAL = 100;
  private static final int MOST = 500;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Profiles profiles;

  public ProfileRoutes(Profiles profiles) {
    this.profiles = profiles;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            BASE,
            Access.VIEWER,
            "Lists profiles, the newest first (`host`, its id; `finding`, the id of the one they were taken from; `limit`).",
            ProfileList.class,
            exchange ->
                exchange.answer(
                    new ProfileList(
                        profiles.list(
                            exchange.parameter("host").orElse(""),
                            exchange.parameter("finding").orElse(""),
                            exchange.count("limit", USUAL, MOST))))),
        Route.post(
            BASE,
            Access.OPERATOR,
            "Has a host's agent record a process for 10 to 60 s; one at a time on each host.",
            NewProfile.class,
            Profile.class,
            this::start),
        Route.get(
            BASE + "/{id}",
            Access.VIEWER,
            "Tells how far a profile is and what came of it.",
            Profile.class,
            exchange -> {
              String id = exchange.variable("id");
              exchange.answer(
                  profiles
                      .find(id)
                      .orElseThrow(() ->
                          ApiException.notFound(
                              Text.of(
                                  "There is no profile with the id '" + id + "'.",
                                  "没有 ID 为“" + id + "”的剖析。"))));
            }),
        Route.get(
            BASE + "/{id}/collapsed",
            Access.VIEWER,
            "Downloads a profile's stacks as collapsed text, one stack and its count a line.",
            null,
            exchange ->
                text(
                    exchange,
                    "collapsed.txt",
                    Outcomes.resultOf(profiles.collapsed(exchange.variable("id"))))),
        Route.get(
            BASE + "/{id}/pprof",
            Access.VIEWER,
            "Downloads a profile as gzipped pprof.",
            null,
            exchange -> {
              byte[] pprof = Outcomes.resultOf(profiles.pprof(exchange.variable("id")));
              name(exchange, "pb.gz");
              exchange.answer(200, "application/octet-stream", pprof);
            }),
        Route.get(
            BASE + "/{id}/difference",
            Access.VIEWER,
            "Tells each stack's count in another profile (`base`) and in this one, as text.",
            null,
            exchange ->
                text(
                    exchange,
                    "difference.txt",
                    Outcomes.resultOf(
                        profiles.difference(
                            exchange.parameter("base").orElse(""), exchange.variable("id"))))),
        Route.delete(
            BASE + "/{id}",
            Access.OPERATOR,
            "Removes a profile.",
            exchange -> {
              var unused =
                  Outcomes.resultOf(
                      profiles.delete(exchange.variable("id"), exchange.caller().auditName()));
              exchange.done();
            }));
  }

  private void start(Exchange exchange) {
    NewProfile wanted = exchange.json(NewProfile.class);
    exchange.answer(
        Outcomes.resultOf(
            profiles.start(
                new Profiles.Wanted(
                    wanted.host,
                    wanted.pid,
                    wanted.process,
                    wanted.kind,
                    wanted.seconds,
                    wanted.finding),
                exchange.caller().auditName())));
  }

  private static void text(Exchange exchange, String ending, String text) {
    name(exchange, ending);
    exchange.answer(200, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void name(Exchange exchange, String ending) {
    exchange.header(
        "Content-Disposition",
        "attachment; filename=\"profile-" + exchange.variable("id") + "." + ending + "\"");
  }
}
