package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of Prometheus's HTTP API that changes the store; for administrators.
public final class TsdbAdminRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(TsdbAdminRoutes.class);
  private static final String DELETE = "/api/v1/admin/tsdb/delete_series";
  private static final String DELETES = "Hides samples of matching series from every reader.";

  private final TimeSeriesStore store;

  public TsdbAdminRoutes(TimeSeriesStore store) {
    this.store = store;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(DELETE, Access.ADMIN, DELETES, null, null, this::delete),
        Route.put(DELETE, Access.ADMIN, DELETES, null, null, this::delete));
  }

  private void delete(Exchange exchange) {
    try {
      List<List<Matcher>> selectors = Selectors.given(exchange);
      if (selectors.isEmpty()) {
        throw PrometheusProblem.badData("no match[] parameter provided");
      }
      long start = PrometheusParameters.time(exchange, "start", Instant.EPOCH);
      long end =
          PrometheusParameters.time(exchange, "end", Instant.ofEpochMilli(Long.MAX_VALUE / 4));
      if (end < start) {
        throw PrometheusProblem.badData(
            "invalid parameter \"end\": end timestamp must not be before start timestamp");
      }
      int series = 0;
      for (List<Matcher> matchers : new ArrayList<>(selectors)) {
        series += store.delete(matchers, start, end);
      }
      LOG.info(
          "{} deleted samples of {} series between {} and {}",
          exchange.caller().auditName(),
          series,
          start,
          end);
      exchange.done();
    } catch (PrometheusProblem e) {
      PrometheusAnswers.refuse(exchange, e);
    } catch (StorageException e) {
      PrometheusAnswers.refuse(
          exchange, PrometheusProblem.internal(String.valueOf(e.getMessage())));
    }
  }
}
