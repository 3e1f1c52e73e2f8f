#!/bin/sh
# Makes Temporal's two databases, or brings them up to date. Its tool leaves alone what is already there.
set -eu
tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p 5432 -u "$POSTGRES_USER" --pw "$POSTGRES_PWD" --db "$database" "$@"
}
for part in temporal:temporal temporal_visibility:visibility; do
  database=${part%:*}
  tool "$database" create
  tool "$database" setup-schema -v 0.0
  tool "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/${part#*:}/versioned"
done
