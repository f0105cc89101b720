#!/bin/sh
# Installs what the live tests need: Dovecot 2.3, Postfix, Chromium and mail clients, from Debian or Ubuntu. Safe to run again.
# Exit 0: everything is there. Exit 3: it cannot be installed here; the reason is on stderr.
set -eu

refuse() {
  echo "live mail laboratory: $1" >&2
  exit 3
}

present() {
  for program in /usr/sbin/dovecot /usr/lib/dovecot/imap /usr/lib/dovecot/pop3 /usr/lib/dovecot/lmtp /usr/lib/dovecot/quota-status \
    /usr/lib/postfix/sbin/master /usr/bin/openssl /usr/bin/chromium /usr/bin/curl /usr/bin/mbsync /usr/bin/msmtp /usr/bin/mutt /usr/bin/python3; do
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

if present; then
  require_dovecot_2_3
  exit 0
fi
[ "$(id -u)" = 0 ] || refuse "Dovecot, Postfix, Chromium or a mail client is not installed, and only root may install them"
command -v apt-get >/dev/null || refuse "Dovecot, Postfix, Chromium or a mail client is not installed, and there is no apt-get"

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=no
cleanup() {
  rm -f "$log"
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
  curl isync libsasl2-modules-kdexoauth2 msmtp mutt python3

for service in $new; do
  if [ -d /run/systemd/system ]; then
    quietly systemctl disable --now "$service"
  else
    quietly update-rc.d "$service" disable
  fi
done

present || refuse "the packages are installed, but a program is still missing"
require_dovecot_2_3
