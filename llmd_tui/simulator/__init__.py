"""What stands in for Azure and a cluster on this machine: two HTTP servers on loopback and the actors that play a scenario."""
