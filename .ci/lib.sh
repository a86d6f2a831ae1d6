# shellcheck shell=bash
# Functions shared by the scripts in this folder.

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Whether version $2 is at least $1.
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n1)" = "$1" ]; }

can_be_root() { [ "$(id -u)" = 0 ] || has sudo; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    die "This needs root: $*"
  fi
}

# Installs distribution packages, but fails if that would remove others.
apt_install() {
  if [ -z "${apt_updated:-}" ]; then
    as_root apt-get update -qq
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet=2 --no-install-recommends --no-remove "$@" >/dev/null
}

need_cc() {
  if ! has cc && has apt-get; then
    say "Installing a C compiler"
    apt_install build-essential pkg-config
  fi
  has cc || die "A C compiler (cc) is needed."
}
