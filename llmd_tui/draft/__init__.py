"""The config in the making: what the wizard's screens show and change. Knows no screen."""
