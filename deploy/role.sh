#!/bin/sh
# Run once by the database's image: a role that row-level security holds, and its database.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" --username postgres <<'SQL'
CREATE ROLE invoiceapp LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB PASSWORD :'password';
CREATE DATABASE invoiceapp OWNER invoiceapp;
SQL
