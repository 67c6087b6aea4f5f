"""What the installation does and how it fares, for a Prometheus that scrapes /metrics."""
