"""The ways to log in, by what `--auth` calls them. Imports nothing: the command line has to answer at once."""

NAMES = {
    "environment": "environment",
    "workload-identity": "workload identity",
    "managed-identity": "managed identity",
    "cli": "az CLI",
    "device-code": "device code",
    "browser": "browser",
}
AUTHS = tuple(NAMES)
BY_A_PERSON = ("device-code", "browser")
