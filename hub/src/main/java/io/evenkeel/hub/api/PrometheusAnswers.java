package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.security.Caller;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.FairPool;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// The way from a request of Prometheus's API to its answer: in turn on the pool that callers
/// share, with every failure in Prometheus's words and statuses. Safe for use by many threads.
public final class PrometheusAnswers {
  /// Computes an answer on the pool.
  interface Question {
    /// @param left how much of the time that a query may take is left after waiting
    byte[] answer(Exchange exchange, Duration left);
  }

  private final FairPool pool;
  private final QueryLimits limits;
  private final TcpTable connections = new TcpTable();

  /// @param pool where answers are computed
  /// @param limits what one query may cost
  public PrometheusAnswers(FairPool pool, QueryLimits limits) {
    this.pool = pool;
    this.limits = limits;
  }

  /// A question that is asked by GET, or by POST with a form.
  List<Route> both(String path, String summary, Question question) {
    List<Route> routes = new ArrayList<>();
    routes.add(get(path, summary, question));
    routes.add(
        Route.post(path, Access.VIEWER, summary, null, null, exchange -> answer(exchange, question))
            .thatOnlyReads());
    return routes;
  }

  /// A question that is asked by GET.
  Route get(String path, String summary, Question question) {
    return Route.get(path, Access.VIEWER, summary, null, exchange -> answer(exchange, question));
  }

  private void answer(Exchange exchange, Question question) throws Exception {
    // A form's body is read here: a slow sender must not hold a thread of the pool.
    exchange.parameters("query");
    long begun = System.nanoTime();
    try {
      exchange.answer(
          200,
          "application/json",
          pool.compute(
              caller(exchange),
              limits.timeout(),
              () -> exchange.closedByPeer(connections),
              () ->
                  question.answer(
                      exchange, limits.timeout().minusNanos(System.nanoTime() - begun))));
    } catch (PrometheusProblem e) {
      refuse(exchange, e);
    } catch (QueryException.BadQuery e) {
      refuse(exchange, PrometheusProblem.badData("invalid parameter \"query\": " + e.getMessage()));
    } catch (QueryException.Failed e) {
      refuse(exchange, PrometheusProblem.execution(String.valueOf(e.getMessage())));
    } catch (QueryException.TimedOut e) {
      refuse(exchange, PrometheusProblem.timeout(String.valueOf(e.getMessage())));
    } catch (TimeoutException e) {
      refuse(exchange, PrometheusProblem.timeout("query timed out in query queue"));
    } catch (QueryException.Cancelled | FairPool.AbandonedException e) {
      refuse(exchange, PrometheusProblem.canceled("query was canceled"));
    } catch (StorageException e) {
      refuse(exchange, PrometheusProblem.internal(String.valueOf(e.getMessage())));
    } catch (QueryException.Busy | BusyException e) {
      exchange.header("Retry-After", "2");
      refuse(exchange, PrometheusProblem.unavailable(String.valueOf(e.getMessage())));
    }
  }

  private static String caller(Exchange exchange) {
    return switch (exchange.caller()) {
      case Caller.Person person -> person.name();
      case Caller.Program program -> "token " + program.tokenId();
      case Caller.SetupVisitor visitor -> exchange.peer().getHostAddress();
      case Caller.Anonymous nobody -> exchange.peer().getHostAddress();
    };
  }

  static void refuse(Exchange exchange, PrometheusProblem problem) {
    exchange.answer(
        problem.status(),
        "application/json",
        PrometheusJson.error(problem.type(), String.valueOf(problem.getMessage())));
  }
}
