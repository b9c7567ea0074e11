"""From a config to the graph of phases. Pure: nothing is touched."""
