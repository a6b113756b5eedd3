# Sourced by ./evenkeel and ./check: finds what a build needs, or prints the one command that installs it here.

missing() { # what is missing, the command that installs it
  echo "Evenkeel needs $1, which was not found." >&2
  echo "Install it with:" >&2
  echo "  $2" >&2
  exit 1
}

# The system's own command for installing a package, from the names it has in apt, dnf, zypper, pacman, apk
# and brew; fails where there is none, or none new enough.
package_command() { # least major version (0 = any), then the six names; an empty name = not packaged there
  local least=$1 version
  if command -v apt-get >/dev/null && [ -n "$2" ]; then
    version=$(apt-cache policy "${2%% *}" 2>/dev/null | sed -nE 's/^ *Candidate: ([0-9]+:)?([0-9]+).*/\2/p')
    [ -n "$version" ] && [ "$version" -ge "$least" ] && echo "sudo apt-get install -y $2"
  elif command -v dnf >/dev/null && [ -n "$3" ]; then echo "sudo dnf install -y $3"
  elif command -v zypper >/dev/null && [ -n "$4" ]; then echo "sudo zypper install -y $4"
  elif command -v pacman >/dev/null && [ -n "$5" ]; then echo "sudo pacman -S --noconfirm $5"
  elif command -v apk >/dev/null && [ -n "$6" ]; then echo "sudo apk add $6"
  elif command -v brew >/dev/null && [ -n "$7" ]; then echo "brew install $7"
  else return 1
  fi
}

# The words for this processor and system in the addresses of two download sites.
adoptium_arch() { case "$(uname -m)" in aarch64 | arm64) echo aarch64 ;; *) echo x64 ;; esac; }
node_arch() { case "$(uname -m)" in aarch64 | arm64) echo arm64 ;; *) echo x64 ;; esac; }
adoptium_system() { # Alpine and its like have a C library of their own
  case "$(uname -s)" in
    Darwin) echo mac ;;
    *) if ls /lib/ld-musl-* >/dev/null 2>&1; then echo alpine-linux; else echo linux; fi ;;
  esac
}
node_system() { case "$(uname -s)" in Darwin) echo darwin ;; *) echo linux ;; esac; }
jvm_directory() { case "$(uname -s)" in Darwin) echo /Library/Java/JavaVirtualMachines ;; *) echo /usr/lib/jvm ;; esac; }

feature_version() { # of the JDK at $1, or nothing
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets $jdk to a JDK of version 25 or newer.
need_jdk() {
  local candidate version on_path
  on_path=$(command -v javac 2>/dev/null || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${SDKMAN_DIR:-${HOME:-/nonexistent}/.sdkman}"/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$candidate" ] || continue
    version=$(feature_version "$candidate")
    if [ -n "$version" ] && [ "$version" -ge 25 ]; then
      jdk=$candidate
      return
    fi
  done
  missing "a JDK of version 25 or newer" "$(
    package_command 0 openjdk-25-jdk-headless java-25-openjdk-devel java-25-openjdk-devel jdk-openjdk openjdk25 openjdk ||
      package_command 0 temurin-25-jdk "" "" "" "" "" ||
      echo "sudo mkdir -p $(jvm_directory) && curl -fsSL https://api.adoptium.net/v3/binary/latest/25/ga/$(adoptium_system)/$(adoptium_arch)/jdk/hotspot/normal/eclipse | sudo tar -xz -C $(jvm_directory)"
  )"
}

need_maven() {
  command -v mvn >/dev/null || missing "Maven 3.8.7 or newer" "$(
    package_command 3 maven maven maven maven maven maven ||
      echo "curl -fsSL https://dlcdn.apache.org/maven/maven-3/3.9.11/binaries/apache-maven-3.9.11-bin.tar.gz | sudo tar -xz -C /opt && sudo ln -sf /opt/apache-maven-3.9.11/bin/mvn /usr/local/bin/mvn"
  )"
}

need_node() {
  local major
  major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p') || true
  if [ -z "$major" ] || [ "$major" -lt 20 ] || ! command -v npm >/dev/null; then
    missing "Node.js 20 or newer with npm" "$(
      package_command 20 "nodejs npm" "nodejs npm" "nodejs22 npm22" "nodejs npm" "nodejs npm" node ||
        echo "curl -fsSL https://nodejs.org/dist/latest-v22.x/\$(curl -fsSL https://nodejs.org/dist/latest-v22.x/SHASUMS256.txt | grep -o 'node-v[0-9.]*-$(node_system)-$(node_arch).tar.gz' | head -n 1) | sudo tar -xz -C /usr/local --strip-components=1"
    )"
  fi
}
