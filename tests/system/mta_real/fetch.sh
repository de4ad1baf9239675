#!/bin/bash
# Lays the files of an MTA's packages into a folder, without installing anything: fetch.sh MTA FOLDER
#
# MTA packages exclude each other, so none is installed: Debian's are unpacked, with what they need besides, into
# FOLDER/root; Haraka comes from npm into FOLDER/haraka. What is there already is kept.
set -eu
mta=$1 folder=$2
[ ! -e "$folder/done" ] || exit 0
mkdir -p "$folder"
case $mta in
  haraka)
    npm install --prefix "$folder/haraka" --omit=dev --omit=optional --no-audit --no-fund --loglevel=error \
      Haraka@3.3.4 >&2
    ;;
  exim | opensmtpd | sendmail)
    declare -A package=([exim]=exim4-daemon-light [opensmtpd]=opensmtpd [sendmail]=sendmail-bin)
    mkdir -p "$folder/packages/partial"
    apt-get --yes --quiet=2 --no-install-recommends --download-only \
      -o Dir::Cache::archives="$folder/packages" install "${package[$mta]}" >&2
    for file in "$folder"/packages/*.deb; do dpkg -x "$file" "$folder/root"; done
    ;;
  *) echo "no such MTA: $mta" >&2; exit 2 ;;
esac
touch "$folder/done"
