/// OpenTelemetry's metrics (OTLP 1.x, protobuf) as Prometheus names and keeps them.
@NullMarked
package io.evenkeel.model.otlp;

import org.jspecify.annotations.NullMarked;
