"""The house on one machine: embedded PostgreSQL and Valkey, the web app's build, and the supervisor of `make run`."""
