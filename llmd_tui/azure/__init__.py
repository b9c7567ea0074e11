"""Azure: login, subscriptions, capacity, clusters and node pools, and what Azure's errors mean.

The SDK is imported when a connection is made, in a thread: nothing here costs a start-up time.
"""
