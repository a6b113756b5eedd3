#!/usr/bin/env bash
# Fuzzes the readers of what comes from outside and from disk, guided by coverage (Jazzer), beside the mutation that ./check does.
#   scripts/fuzz.sh SECONDS [TARGET…]     targets: RemoteWrite Snappy Exposition Otlp Log Pack Chunk (all when none is named)
# Jazzer comes from Maven Central into target/; what it finds and its corpus stay in target/fuzz. An input of the first four worth
# keeping goes into model/src/test/resources/fuzz, where FuzzTest runs it from then on. PromQL has a fuzzer of its own: ./check --long.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$here"
. scripts/prerequisites.sh
need_jdk
need_maven

seconds=${1:?how many seconds for each target?}
shift
[ $# -gt 0 ] || set -- RemoteWrite Snappy Exposition Otlp Log Pack Chunk

work=$here/target/fuzz
mkdir -p "$work"
export JAVA_HOME=$jdk
mvn -q -B -ntp -Pquick -pl model,tsdb -am test-compile dependency:build-classpath -Dmdep.outputFile="$work/classpath"
for part in jazzer jazzer-api; do
  mvn -q -B -ntp dependency:copy -Dartifact=com.code-intelligence:$part:0.30.0 -DoutputDirectory="$work/lib"
done
classes=$(cat "$work/classpath")
for module in model tsdb; do
  for kind in classes test-classes; do classes=$here/$module/target/quick/$kind:$classes; done
done

failed=0
for target in "$@"; do
  mkdir -p "$work/$target/corpus"
  case $target in
    Log | Pack | Chunk)
      owner=io.evenkeel.tsdb.engine
      "$jdk/bin/java" -cp "$classes" $owner.FuzzTest "$target" "$work/$target/corpus"
      ;;
    *)
      owner=io.evenkeel.model.fuzz
      cp model/src/test/resources/fuzz/"$target"/* "$work/$target/corpus/"
      ;;
  esac
  ( cd "$work/$target" && "$jdk/bin/java" -Xmx512m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
      -XX:+EnableDynamicAgentLoading -cp "$work/lib/*:$classes" \
      com.code_intelligence.jazzer.Jazzer "--target_class=$owner.FuzzTargets\$$target" \
      '--instrumentation_includes=io.evenkeel.**' -rss_limit_mb=1500 -max_len=4096 \
      -max_total_time="$seconds" corpus ) >"$work/$target/log" 2>&1 || failed=1
  grep -aE '^#[0-9]+' "$work/$target/log" | tail -n 1 | sed "s/^/$target: /"
done
exit $failed
