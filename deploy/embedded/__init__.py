"""PostgreSQL, NATS and Caddy from their wheels, each as a child process with an own launcher."""
