#!/bin/sh
# Sets up the Evenkeel agent on this server: fetches it from the hub, enrols, starts it.
# usage: install.sh HUB PIN TOKEN    (the hub's page 'Add a server' prints the whole line)
# Installs into /opt/evenkeel-agent and /var/lib/evenkeel-agent as root, else below the home folder.
# To remove it: systemctl disable --now evenkeel-agent evenkeel-tuner.socket evenkeel-tuner evenkeel-tuner-revert
#   rm -rf /opt/evenkeel-agent /var/lib/evenkeel-agent /var/lib/evenkeel-tuner /etc/systemd/system/evenkeel-*
set -eu

say() { echo "evenkeel: $*" >&2; }
die() { say "$*"; exit 1; }

[ $# -eq 3 ] || die "paste the whole line of the hub's page 'Add a server'"
hub=$1 pin=$2 token=$3
command -v curl >/dev/null || die "curl is needed to fetch the agent: install it and paste the line again"
command -v tar >/dev/null || die "tar is needed to unpack the agent: install it and paste the line again"

root=no
if [ "$(id -u)" = 0 ]; then
  root=yes
  app=${EVENKEEL_APP:-/opt/evenkeel-agent} state=${EVENKEEL_STATE:-/var/lib/evenkeel-agent}
else
  app=${EVENKEEL_APP:-$HOME/.local/lib/evenkeel-agent} state=${EVENKEEL_STATE:-$HOME/.local/state/evenkeel-agent}
fi
# The class path, in the order in which the class archive was made; what only probes need comes last.
jars_in() {
  l=$1/lib
  echo "$l/agent.jar:$l/codec.jar:$l/model.jar:$l/dns.jar:$l/http.jar:$l/pattern.jar"
}
fetch() { curl -fsSk --pinnedpubkey "$pin" --max-time 300 -o "$2" "$hub/agent/v1/archive/$1"; }

# A Java of this machine that is new enough: its path, else nothing.
own_java() {
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} /usr/lib/jvm/*/bin/java "$(command -v java || true)"; do
    [ -x "$java" ] || continue
    version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    if [ "${version:-0}" -ge 25 ]; then
      echo "$java"
      return 0
    fi
  done
}

new=$app.new.$$
archive=$new/agent.tar.gz
mkdir -p "$new" "$state"
chmod 700 "$state"
trap 'rm -rf "$new"' EXIT
kind=$(uname -s | tr 'A-Z' 'a-z')-$(uname -m)
if fetch "$kind" "$archive" 2>/dev/null; then
  java=$app/runtime/bin/java
else
  java=$(own_java)
  [ -n "$java" ] || die "the hub has no Java runtime for $kind, and this server has no Java 25: install one (Debian, Ubuntu: openjdk-25-jre-headless, or Temurin from adoptium.net) and paste the line again"
  fetch jar "$archive" || die "the agent could not be fetched from $hub: is the port reachable from here, and is this the hub that made the line?"
fi
# The files are this user's, whoever's they were at the hub: root runs some of them.
tar -xzf "$archive" --no-same-owner -C "$new"
rm "$archive"

# On a Java of this server's own the classes that an agent loads are recorded here, once: 15 MB less in memory.
rehearse() {
  jars=$(jars_in "$new")
  "$java" -cp "$jars" io.evenkeel.agent.AgentRehearsal "$new/rehearsal" \
    "$java" "@$new/agent.options" -XX:DumpLoadedClassList="$new/classes" -cp "$jars" \
    io.evenkeel.agent.AgentMain --state "$new/rehearsal" &&
    "$java" "@$new/agent.options" -Xshare:dump -XX:SharedClassListFile="$new/classes" \
      -XX:SharedArchiveFile="$new/agent.jsa" -cp "$jars"
}
if [ "$java" != "$app/runtime/bin/java" ]; then
  rehearse >/dev/null 2>&1 || say "(the agent's classes could not be recorded: it takes some 15 MB more memory)"
  rm -rf "$new/classes" "$new/rehearsal"
fi

# Anything that runs from an earlier installation ends before its files change.
units=/etc/systemd/system
unit=$units/evenkeel-agent.service
systemd=no
if [ $root = yes ] && [ -d /run/systemd/system ]; then systemd=yes; fi
if [ $systemd = yes ] && [ -f $unit ]; then systemctl stop evenkeel-agent; fi
if [ $systemd = yes ] && [ -f "$units/evenkeel-tuner.socket" ]; then systemctl stop evenkeel-tuner.socket evenkeel-tuner; fi
if [ -f "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2>/dev/null; then
  kill "$(cat "$state/pid")"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$(cat "$state/pid")" 2>/dev/null || break
    sleep 0.5
  done
fi
rm -rf "$app"
mv "$new" "$app"
chmod 755 "$app"

cat >"$app/evenkeel-agent" <<END
#!/bin/sh
# The agent with the memory settings it was measured with.
export MALLOC_ARENA_MAX=1
exec "$java" "@$app/agent.options" "-XX:SharedArchiveFile=$app/agent.jsa" \\
  -cp "$(jars_in "$app")" io.evenkeel.agent.AgentMain --state "$state" "\$@"
END
chmod 755 "$app/evenkeel-agent"

# The token goes through the environment: a command line is seen by every user of the machine.
EVENKEEL_TOKEN=$token "$app/evenkeel-agent" --hub "$hub" --enrol-only yes ||
  die "this server was not enrolled; the line above says why"

if [ $systemd = yes ]; then
  id evenkeel-agent >/dev/null 2>&1 || useradd --system --home-dir "$state" --shell /usr/sbin/nologin evenkeel-agent
  chown -R evenkeel-agent: "$state"
  cat >$unit <<END
[Unit]
Description=Evenkeel agent
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=$app/evenkeel-agent --tuner /run/evenkeel-tuner.sock
User=evenkeel-agent
StateDirectory=evenkeel-agent
StateDirectoryMode=0700
Restart=always
RestartSec=5
SuccessExitStatus=143
# The agent takes about 45M; the rest is for the programs that take a profile when asked.
MemoryMax=320M
TasksMax=128
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
END
  # The agent has no right to change anything. The tuner has what knobs need, and does what the server's own policy
  # (/etc/evenkeel/tuning-policy) allows; it runs only while something is changed. See 'Turning knobs' in the user guide.
  tuner="$java @$app/agent.options -XX:SharedArchiveFile=$app/agent.jsa -cp $(jars_in "$app") io.evenkeel.agent.tuner.TunerMain --data /var/lib/evenkeel-tuner"
  rights="User=root
StateDirectory=evenkeel-tuner
StateDirectoryMode=0700
UnsetEnvironment=JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS LD_PRELOAD LD_LIBRARY_PATH
MemoryMax=128M
TasksMax=64
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_NICE CAP_SYS_RESOURCE
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectClock=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX
SystemCallArchitectures=native"
  cat >"$units/evenkeel-tuner.socket" <<END
[Unit]
Description=Where the Evenkeel agent asks for changes

[Socket]
ListenStream=/run/evenkeel-tuner.sock
SocketUser=root
SocketGroup=evenkeel-agent
SocketMode=0660
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
END
  cat >"$units/evenkeel-tuner.service" <<END
[Unit]
Description=Evenkeel tuner: turns knobs as the server's policy allows, and puts them back
After=systemd-sysctl.service

[Service]
ExecStart=$tuner --user evenkeel-agent
StandardInput=socket
StandardOutput=journal
StandardError=journal
Restart=on-failure
RestartSec=1
SuccessExitStatus=143
$rights
END
  cat >"$units/evenkeel-tuner-revert.service" <<END
[Unit]
Description=Puts back what Evenkeel had turned when this server went down
ConditionPathExists=/var/lib/evenkeel-tuner/journal
After=systemd-sysctl.service

[Service]
Type=oneshot
ExecStart=$tuner --revert yes
$rights

[Install]
WantedBy=multi-user.target
END
  systemctl daemon-reload
  systemctl enable evenkeel-tuner-revert
  systemctl enable --now evenkeel-tuner.socket
  systemctl enable --now evenkeel-agent
  say "the agent runs as the service evenkeel-agent ('systemctl status evenkeel-agent')"
else
  nohup "$app/evenkeel-agent" >"$state/agent.log" 2>&1 </dev/null &
  echo $! >"$state/pid"
  # It says so itself once it watches; on a busy machine that takes a while.
  for _ in $(seq 60); do
    kill -0 "$(cat "$state/pid")" 2>/dev/null || die "the agent ended at once: $(head -n 3 "$state/agent.log")"
    ! grep -q '^Watching' "$state/agent.log" || break
    sleep 0.5
  done
  say "the agent runs in the background (process $(cat "$state/pid"), log $state/agent.log)"
  say "there is no systemd here: after a restart of this server start $app/evenkeel-agent yourself, for example from cron's @reboot"
fi
