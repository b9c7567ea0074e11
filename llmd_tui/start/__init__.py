"""What there is before anything was chosen: login, tools, clusters, answers files, runs, the draft that was left."""
