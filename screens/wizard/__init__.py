"""The wizard: one screen a step. All of them show one session and change its draft."""
