package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.model.Text;
import java.util.Optional;

/// Advice for the configuration files of services that are known by their processes' names. What
/// the files hold, only the server knows: whether a directive is there to be turned, its own policy
/// says.
///
/// Only what a process shows from outside is evidence here. Its own counters, as PostgreSQL's of
/// temporary files and forced checkpoints, are not collected, so nothing is advised for them.
final class Services {
  private static final String NGINX = "nginx";
  private static final String REDIS = "redis";
  private static final String TWICE = "x2";

  private Services() {}

  /// For a process that has nearly as many files open as it may.
  static Optional<Advice> moreFiles(String comm) {
    return switch (comm) {
      case NGINX ->
          Optional.of(
              Advice.turn(
                  new Advice.Change("nginx/worker_rlimit_nofile", NGINX, "", TWICE, 256, 1_048_576),
                  Text.of(
                      "twice the files for each worker, also for workers that are started later;"
                          + " old workers end with their connections",
                      "每个工作进程可打开的文件数加倍，之后启动的工作进程也适用；旧工作进程在其连接结束后退出"),
                  "https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile"));
      case "redis-server" ->
          // At its start Redis takes a limit of as many files as clients and 32 more: near that
          // limit it is near its clients, and a higher limit alone would let none more in.
          Optional.of(
              Advice.turn(
                  new Advice.Change("redis/maxclients", REDIS, "", TWICE, 64, 1_000_000),
                  Text.of(
                      "twice the clients; Redis raises its own limit of files with it",
                      "客户端数上限加倍；Redis 会随之提高自己的文件数上限"),
                  "https://redis.io/docs/latest/develop/reference/clients/#maximum-concurrent-connected-clients"));
      default -> Optional.empty();
    };
  }

  /// For a process whose one thread uses a whole processor while others idle.
  static Optional<Advice> moreWorkers(String comm) {
    return comm.equals(NGINX)
        ? Optional.of(
            Advice.turn(
                new Advice.Change("nginx/worker_processes", NGINX, "", TWICE, 1, 512),
                Text.of(
                    "twice the workers: each of nginx's workers is one thread",
                    "工作进程数加倍：nginx 的每个工作进程只有一个线程"),
                "https://nginx.org/en/docs/ngx_core_module.html#worker_processes"))
        : Optional.empty();
  }
}
