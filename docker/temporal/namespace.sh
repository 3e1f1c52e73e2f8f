#!/bin/sh
# Makes the namespace and Rockbridge's search attributes; does nothing where they are.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do
  echo "waiting for $TEMPORAL_ADDRESS"
  sleep 1
done
temporal operator namespace describe -n default >/dev/null 2>&1 ||
  temporal operator namespace create -n default --retention 72h
# A new namespace is not at once known to every part of the server.
until present=$(temporal operator search-attribute list -n default 2>/dev/null); do sleep 1; done
for attribute in RockbridgeTrigger:KeywordList RockbridgeConnection:Keyword; do
  echo "$present" | grep -q "${attribute%:*} " ||
    temporal operator search-attribute create -n default --name "${attribute%:*}" --type "${attribute#*:}"
done
