#!/usr/bin/env bash
# Fuzzes the readers of what comes from outside, guided by coverage (Jazzer), beside the seeded mutation that ./check does.
#   scripts/fuzz.sh SECONDS [TARGET…]     targets: RemoteWrite Snappy Exposition Otlp (all when none is named)
# Jazzer comes from Maven Central into target/; what it finds and its corpus stay in target/fuzz. An input worth keeping goes
# into model/src/test/resources/fuzz, where FuzzTest runs it from then on.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$here"
. scripts/prerequisites.sh
need_jdk
need_maven

seconds=${1:?how many seconds for each target?}
shift
[ $# -gt 0 ] || set -- RemoteWrite Snappy Exposition Otlp

work=$here/target/fuzz
mkdir -p "$work"
export JAVA_HOME=$jdk
mvn -q -B -ntp -pl model test-compile dependency:build-classpath -Dmdep.outputFile="$work/classpath"
mvn -q -B -ntp dependency:copy -Dartifact=com.code-intelligence:jazzer:0.30.0 -DoutputDirectory="$work/lib"
mvn -q -B -ntp dependency:copy -Dartifact=com.code-intelligence:jazzer-api:0.30.0 -DoutputDirectory="$work/lib"

failed=0
for target in "$@"; do
  mkdir -p "$work/$target/corpus"
  cp model/src/test/resources/fuzz/"$target"/* "$work/$target/corpus/"
  ( cd "$work/$target" && "$jdk/bin/java" -Xmx512m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
      -XX:+EnableDynamicAgentLoading \
      -cp "$work/lib/*:$here/model/target/classes:$here/model/target/test-classes:$(cat "$work/classpath")" \
      com.code_intelligence.jazzer.Jazzer "--target_class=io.evenkeel.model.fuzz.FuzzTargets\$$target" \
      '--instrumentation_includes=io.evenkeel.**' -rss_limit_mb=1500 -max_len=4096 \
      -max_total_time="$seconds" corpus ) >"$work/$target/log" 2>&1 || failed=1
  grep -aE '^#[0-9]+' "$work/$target/log" | tail -n 1 | sed "s/^/$target: /"
done
exit $failed
