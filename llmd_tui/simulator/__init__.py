"""What stands in for Azure and a cluster: two HTTP servers on loopback, and the actors that play a scenario."""
