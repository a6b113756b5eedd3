package io.evenkeel.hub.tune.measure;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.List;

/// Measures of a backend by the statistics of its pool, which see what its clients see; failures of
/// the backend are their guard. The hub samples its pools every ten seconds: hence the window,
/// which a trial waits for before it counts a block's seconds.
public final class BackendMeasures {
  private BackendMeasures() {}

  /// What a pool counts of one of its backends.
  public static List<Measure> of(String pool, String backend) {
    String of = "{pool=\"" + quoted(pool) + "\",backend=\"" + quoted(backend) + "\"}";
    String failed = of.replace("}", ",code=~\"5xx|none\"}");
    String seconds = "evenkeel_gateway_request_duration_seconds_bucket";
    String requests = "sum(rate(evenkeel_gateway_requests_total" + of + "[30s]))";
    String errors = "sum(rate(evenkeel_gateway_requests_total" + failed + "[30s])) or vector(0)";
    String slowest = quantile("0.99", seconds, of);
    return List.of(
        new Measure(
            Text.of(
                "Slowest hundredth of the answers of " + pool + "/" + backend,
                pool + "/" + backend + " 最慢百分之一的应答时间"),
            slowest,
            true,
            Unit.SECONDS,
            requests,
            errors,
            null),
        new Measure(
            Text.of(
                "Median of the answers of " + pool + "/" + backend,
                pool + "/" + backend + " 应答时间中位数"),
            quantile("0.5", seconds, of),
            true,
            Unit.SECONDS,
            requests,
            errors,
            slowest));
  }

  private static String quantile(String share, String series, String of) {
    return "histogram_quantile(" + share + ", sum by (le) (rate(" + series + of + "[30s])))";
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
