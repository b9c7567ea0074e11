"""What is happening, told from watched objects: stages of nodes, health of pods, whether a wait is over.

Pure functions over a `llmd_tui.kube.store.View`. Nothing here does I/O or reads a clock: `now` is passed in, as an
aware datetime. Texts never contain a running time, so that they change only when something happens; times come beside
them as `since`.
"""
