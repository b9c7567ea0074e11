"""The screens that follow a run: phases, nodes, pods, log, events; checklist; done."""
