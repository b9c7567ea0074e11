"""Clients of the Kubernetes API that bring a cluster to life: kubelets, controllers, operators, model servers.

They speak the API alone, so that the same scenario plays on the simulator and on a real API server.
"""
