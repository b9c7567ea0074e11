"""The Kubernetes API: connection, raw objects, watches, logs, port-forward and exec."""
