#!/bin/sh
# The provider's plugin: one executable that needs no Node.js, of this version, and as the line in SHA256SUMS says or not at all.
set -eu
version=0.2.0
case $(uname -m) in
  aarch64 | arm64) arch=arm64 ;;
  *) arch=amd64 ;;
esac
archive=pulumi-resource-gmailsync-v$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$arch.tar.gz
checksum=$(sed -n "s/  $archive\$//p" SHA256SUMS)
if [ -z "$checksum" ]; then
  echo "SHA256SUMS has no $archive" >&2
  exit 1
fi
pulumi plugin install resource gmailsync "$version" --exact \
  --server github://api.github.com/gmailsync/pulumi-gmailsync --checksum "$checksum"
