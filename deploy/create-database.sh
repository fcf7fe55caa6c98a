#!/bin/sh
# The role that the service works as is no superuser: it stands under row-level security itself.
set -eu
password=$(cat /run/secrets/custodes_database)
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -v password="$password" <<'SQL'
CREATE ROLE custodes LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE custodes OWNER custodes;
SQL
