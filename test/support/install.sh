# Installs the Debian packages that are missing, and says nothing when none is. Sourced by every script a README names.
# On other systems it installs nothing: meson then names what it does not find.

have_boost() {
  [ -n "${BOOST_ROOT:-}${BOOST_INCLUDEDIR:-}" ] && return 0
  local version
  version=$(sed -n 's/^#define BOOST_VERSION //p' /usr/include/boost/version.hpp 2>/dev/null)
  [ "${version:-0}" -ge 108100 ]
}

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

# install_missing PACKAGE... : beside what every build needs.
install_missing() {
  command -v dpkg-query >/dev/null || return 0
  local missing=() package sudo=
  for package in g++ meson ninja-build pkgconf nlohmann-json3-dev doctest-dev libsqlite3-dev libpcre2-dev \
    libssl-dev libidn-dev libc-ares-dev "$@"; do
    case $package in
      g++ | meson) command -v "$package" >/dev/null && continue ;;
      ninja-build) command -v ninja >/dev/null && continue ;;
    esac
    installed "$package" || missing+=("$package")
  done
  if ! have_boost; then
    case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in
      bookworm) missing+=(libboost1.81-dev) ;;
      trixie) missing+=(libboost1.88-dev) ;;
      *) missing+=(libboost-dev) ;;
    esac
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing, and neither root nor sudo is at hand to install them: ${missing[*]}" >&2
      return 1
    }
    sudo=sudo
  fi
  echo "installing ${missing[*]}"
  local log
  log=$(mktemp)
  # Never removes a package to make room for another: a conflict is for the owner of the machine to settle.
  if ! { $sudo apt-get -qq update &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --no-remove install "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "apt could not install ${missing[*]}" >&2
    return 1
  fi
  rm -f "$log"
}

# set_up DIRECTORY MESON-OPTION... : configures a build directory once.
set_up() {
  local directory=$1
  shift
  [ -f "$directory/build.ninja" ] && return 0
  meson setup "$directory" "$@" >"$directory.log" 2>&1 </dev/null || {
    cat "$directory.log" >&2
    return 1
  }
  mv "$directory.log" "$directory/setup.log"
}
