#!/bin/sh
# Installs what the live tests need: Dovecot 2.3, Postfix, Chromium, Java and mail clients, from Debian 12 (Debian 13 has Dovecot 2.4,
# Ubuntu has Chromium as a snap only); fetches GreenMail and Exim into .gmailsync/live without installing them, as Debian has one mail
# server at a time. Safe to run again.
# Exit 0: everything is there. Exit 3: it cannot be installed here; the reason is on stderr.
set -eu

refuse() {
  echo "live mail laboratory: $1" >&2
  exit 3
}

downloads="$(cd "$(dirname "$0")/../.." && pwd)/.gmailsync/live"
greenmail=greenmail-standalone-2.1.8.jar
greenmail_sha256=332bfed79603101308927a951c4b56e89798edf614ed354a927ac9099e8ab4e4

fetched() {
  "$downloads/exim/usr/sbin/exim4" -C /dev/null -bV >/dev/null 2>&1 || return 1
  echo "$greenmail_sha256  $downloads/$greenmail" | sha256sum --check --status 2>/dev/null
}

present() {
  for program in /usr/sbin/dovecot /usr/lib/dovecot/imap /usr/lib/dovecot/pop3 /usr/lib/dovecot/lmtp /usr/lib/dovecot/quota-status \
    /usr/lib/postfix/sbin/master /usr/bin/openssl /usr/bin/chromium /usr/bin/curl /usr/bin/mbsync /usr/bin/msmtp /usr/bin/mutt /usr/bin/python3 \
    /usr/bin/java /usr/bin/mvn /usr/bin/setpriv; do
    [ -x "$program" ] || return 1
  done
  # How mbsync logs in by XOAUTH2.
  ls /usr/lib/*/sasl2/libkdexoauth2.so >/dev/null 2>&1
}

require_dovecot_2_3() {
  case "$(/usr/sbin/dovecot --version)" in
    2.3.*) ;;
    *) refuse "Dovecot 2.3 is needed (2.4 has another configuration language), found $(/usr/sbin/dovecot --version)" ;;
  esac
}

if present && fetched; then
  require_dovecot_2_3
  exit 0
fi
[ "$(id -u)" = 0 ] || refuse "a mail server, Chromium, Java or a mail client is missing, and only root may install them"
command -v apt-get >/dev/null || refuse "a mail server, Chromium, Java or a mail client is missing, and there is no apt-get"

log=$(mktemp)
packages=$(mktemp -d)
policy=/usr/sbin/policy-rc.d
made_policy=no
cleanup() {
  rm -rf "$log" "$packages"
  if [ "$made_policy" = yes ]; then rm -f "$policy"; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A service that was here before belongs to the machine: only the new ones are switched off.
new=""
[ -x /usr/sbin/dovecot ] || new="$new dovecot"
[ -x /usr/sbin/postfix ] || new="$new postfix"

# The packages would start system-wide mail servers. 101 = "action forbidden by policy" (invoke-rc.d).
if [ ! -e "$policy" ]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

quietly() {
  timeout 300 "$@" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    refuse "failed: $*"
  }
}

export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
quietly apt-get -qq -o DPkg::Lock::Timeout=60 update
quietly apt-get -qq -y -o DPkg::Lock::Timeout=60 install --no-install-recommends \
  dovecot-imapd dovecot-pop3d dovecot-lmtpd postfix openssl chromium \
  curl isync libsasl2-modules-kdexoauth2 msmtp mutt python3 default-jre-headless maven util-linux \
  libgnutls-dane0 libidn12 libnsl2

for service in $new; do
  if [ -d /run/systemd/system ]; then
    quietly systemctl disable --now "$service"
  else
    quietly update-rc.d "$service" disable
  fi
done

mkdir -p "$downloads"
quietly mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
  -Dartifact=com.icegreen:greenmail-standalone:2.1.8 "-DoutputDirectory=$downloads"
(cd "$packages" && quietly apt-get -qq -o APT::Sandbox::User=root download exim4-daemon-light)
quietly dpkg -x "$packages"/exim4-daemon-light_*.deb "$downloads/exim"
# It runs as the user that Debian's package makes, and needs no right of root's.
chmod u-s "$downloads/exim/usr/sbin/exim4"
id Debian-exim >/dev/null 2>&1 ||
  quietly useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin Debian-exim

present || refuse "the packages are installed, but a program is still missing"
fetched || refuse "GreenMail or Exim is not what it should be: remove $downloads and run this again"
require_dovecot_2_3
